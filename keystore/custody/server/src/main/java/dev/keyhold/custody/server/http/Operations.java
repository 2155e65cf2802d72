package dev.keyhold.custody.server.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.keyhold.admin.KeyUses;
import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.server.gate.GateException;
import dev.keyhold.custody.server.gate.GateException.Kind;
import dev.keyhold.custody.server.gate.KeyService;
import dev.keyhold.custody.server.gate.Receipt;
import dev.keyhold.custody.server.gate.UseRequest;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The operations of the wire: reads a request, has it served, and makes the answer. Thread-safe.
 */
final class Operations {
  /** The longest message that is authenticated or signed, in bytes. */
  static final int MAX_MESSAGE = 1 << 20;

  private static final int MAX_BODY = 1 << 16;
  private static final int MAX_LONG_BODY = MAX_MESSAGE + (1 << 13);
  private static final int MAX_KEY = 1024;
  private static final int MAX_CLAIM = 255;
  private static final int MAX_VALUE = 1024;
  private static final int MAX_WRAPPED = 1 << 14;
  private static final int MAX_ENTRIES = 32;
  private static final int MAX_DATA_KEY = 64;
  private static final int MAX_DEADLINE = 120_000;
  private static final int DEADLINE = 10_000;
  private static final byte[] NOTHING = {};

  private final KeyService service;

  Operations(KeyService service) {
    this.service = service;
  }

  /** An answer; whoever sent it zeroes the bytes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(JsonObject json, byte[] secret) {}

  static int maxBody(Operation operation) {
    return switch (operation) {
      case MAC, SIGN, WRAP_KEY, UNWRAP_KEY -> MAX_LONG_BODY;
      default -> MAX_BODY;
    };
  }

  /** Serves a request; the frame's bytes are zeroed. */
  Answer serve(String identity, Operation operation, Frames.Frame frame) throws GateException {
    try {
      return operation.reads() ? read(identity, operation, frame) : use(identity, operation, frame);
    } finally {
      Arrays.fill(frame.secret(), (byte) 0);
    }
  }

  private Answer read(String identity, Operation operation, Frames.Frame frame)
      throws GateException {
    Fields fields = frame.fields();
    requireNoSecret(frame);
    if (operation == Operation.LIST) {
      claims(fields);
      fields.end();
      JsonArray keys = new JsonArray();
      service.list(identity).forEach(key -> keys.add(KeyJson.of(key)));
      return answer("keys", keys);
    }
    String key = fields.text("key", 1, MAX_KEY);
    claims(fields);
    fields.end();
    return switch (operation) {
      case DESCRIBE ->
          service.read(
              identity,
              key,
              (keys, access, name) -> {
                JsonObject metadata = KeyJson.of(keys.describe(name));
                mechanism(keys, name).ifPresent(id -> metadata.addProperty("mechanism", id));
                return answer("metadata", metadata);
              });
      case PUBLIC_KEY ->
          new Answer(
              new JsonObject(),
              service.read(identity, key, (keys, access, name) -> keys.publicKey(name)));
      default -> {
        JsonArray chain = new JsonArray();
        for (byte[] der :
            service.read(identity, key, (keys, access, name) -> keys.certificates(name))) {
          chain.add(Base64.getEncoder().encodeToString(der));
        }
        yield answer("certificates", chain);
      }
    };
  }

  private static Optional<Integer> mechanism(KeyUses keys, String key) {
    try {
      return keys.mechanism(key).map(WrapMechanism::id);
    } catch (BackendException e) {
      return Optional.empty(); // a key that is no KEK
    }
  }

  private static Answer answer(String name, JsonElement value) {
    JsonObject json = new JsonObject();
    json.add(name, value);
    return new Answer(json, NOTHING);
  }

  /** Claims of a request that makes no leaf: bounded, and not kept. */
  private static void claims(Fields fields) throws GateException {
    fields.optional("access", 32, 32);
    for (String claim : List.of("alias", "purpose", "ticket")) {
      fields.optional(claim, 1, MAX_CLAIM);
    }
    fields.number("deadline", 10, MAX_DEADLINE, DEADLINE);
  }

  private static void requireNoSecret(Frames.Frame frame) throws GateException {
    if (frame.secret().length != 0) {
      throw Fields.malformed("nothing follows the JSON of this operation");
    }
  }

  private Answer use(String identity, Operation operation, Frames.Frame frame)
      throws GateException {
    Fields fields = frame.fields();
    Common common = new Common(operation, fields);
    byte[] secret = frame.secret();
    return switch (operation) {
      case WRAP -> wrap(identity, common, fields, secret);
      case UNWRAP -> unwrap(identity, common, fields, frame);
      case MAC -> {
        String algorithm = fields.text("algorithm", 1, MAX_CLAIM);
        fields.end();
        yield bytes(
            identity,
            common.request(utf8(algorithm), secret),
            (keys, access, key) -> keys.mac(access, key, algorithm, secret));
      }
      case SIGN -> {
        SignatureAlgorithm signature = signature(fields.object("signature"));
        fields.end();
        yield bytes(
            identity,
            common.request(utf8(signature.toString()), secret),
            (keys, access, key) -> keys.sign(access, key, signature, secret));
      }
      case DECRYPT -> {
        RsaPadding padding = padding(fields.object("padding"));
        byte[] label = fields.bytes("label", MAX_VALUE).orElse(NOTHING);
        fields.end();
        yield bytes(
            identity,
            common.request(utf8(padding.toString()), label, secret),
            (keys, access, key) -> keys.decrypt(access, key, padding, label, secret));
      }
      case AGREE -> {
        fields.end();
        yield bytes(
            identity,
            common.request(secret),
            (keys, access, key) -> keys.agree(access, key, secret));
      }
      case DECAPSULATE -> {
        fields.end();
        yield bytes(
            identity,
            common.request(secret),
            (keys, access, key) -> keys.decapsulate(access, key, secret));
      }
      case WRAP_KEY, UNWRAP_KEY -> {
        KeyWrap way = word("way", fields.text("way", 1, MAX_CLAIM), KeyWrap.class);
        fields.end();
        yield bytes(
            identity,
            common.request(utf8(way.name()), secret),
            (keys, access, key) ->
                operation == Operation.WRAP_KEY
                    ? keys.wrapKey(access, key, way, secret)
                    : keys.unwrapKey(access, key, way, secret));
      }
      case CREATE -> create(identity, common, fields, frame);
      default -> {
        requireNoSecret(frame);
        fields.end();
        yield metadata(
            identity,
            common.request(),
            (keys, access, key) ->
                switch (operation) {
                  case ROTATE -> keys.rotate(access, key);
                  case DISABLE -> keys.disable(access, key);
                  default -> keys.enable(access, key);
                });
      }
    };
  }

  /** The fields of each request that makes a leaf. */
  private static final class Common {
    private final Operation operation;
    private final String key;
    private final String access;
    private final Optional<String> alias;
    private final Optional<String> purpose;
    private final Optional<String> ticket;
    private final Duration deadline;
    private Optional<WrapContext> context = Optional.empty();
    private Optional<WrappedKey> wrapped = Optional.empty();
    private boolean confirm;

    Common(Operation operation, Fields fields) throws GateException {
      this.operation = operation;
      this.key = fields.text("key", 1, MAX_KEY);
      this.access = fields.text("access", 32, 32);
      if (!access.matches("[0-9a-f]{32}")) {
        throw Fields.malformed("access is 32 lower-case hexadecimal digits");
      }
      this.alias = fields.optional("alias", 1, MAX_CLAIM);
      this.purpose = fields.optional("purpose", 1, MAX_CLAIM);
      this.ticket = fields.optional("ticket", 1, MAX_CLAIM);
      this.deadline = Duration.ofMillis(fields.number("deadline", 10, MAX_DEADLINE, DEADLINE));
    }

    UseRequest request(byte[]... input) {
      return new UseRequest(
          operation,
          key,
          access,
          alias,
          purpose,
          ticket,
          deadline,
          context,
          wrapped,
          confirm,
          List.of(input));
    }
  }

  private Answer wrap(String identity, Common common, Fields fields, byte[] dataKey)
      throws GateException {
    WrapContext context = context(fields);
    common.context = Optional.of(context);
    common.confirm = fields.flag("confirm");
    fields.end();
    if (dataKey.length < 1 || dataKey.length > MAX_DATA_KEY) {
      throw Fields.malformed("a data key has 1 to " + MAX_DATA_KEY + " bytes");
    }
    KeyService.Done<WrappedKey> done =
        service.use(
            identity,
            common.request(dataKey),
            (keys, access, key) -> {
              WrappedKey wrapped = keys.wrap(access, key, context, dataKey);
              if (common.confirm) {
                confirm(keys.unwrap(access, key, wrapped, context), dataKey);
              }
              return wrapped;
            });
    JsonObject wrapped = new JsonObject();
    wrapped.addProperty("identity", done.result().identity());
    wrapped.addProperty("version", done.result().version());
    wrapped.addProperty("mechanism", done.result().mechanism().id());
    wrapped.addProperty("bytes", Base64.getEncoder().encodeToString(done.result().bytes()));
    JsonObject json = json(done);
    json.add("wrapped", wrapped);
    return new Answer(json, NOTHING);
  }

  private static void confirm(byte[] unwrapped, byte[] dataKey) throws BackendException {
    boolean same = MessageDigest.isEqual(unwrapped, dataKey);
    Arrays.fill(unwrapped, (byte) 0);
    if (!same) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "what the backend wrapped it does not unwrap to the same key");
    }
  }

  private Answer unwrap(String identity, Common common, Fields fields, Frames.Frame frame)
      throws GateException {
    WrapContext context = context(fields);
    WrappedKey wrapped = wrapped(fields.object("wrapped"));
    requireNoSecret(frame);
    fields.end();
    common.context = Optional.of(context);
    common.wrapped = Optional.of(wrapped);
    return bytes(
        identity,
        common.request(),
        (keys, access, key) -> keys.unwrap(access, key, wrapped, context));
  }

  private Answer create(String identity, Common common, Fields fields, Frames.Frame frame)
      throws GateException {
    requireNoSecret(frame);
    Fields spec = fields.object("spec");
    KeySpec kind =
        new KeySpec(spec.text("algorithm", 1, MAX_CLAIM), (int) spec.number("bits", 1, 1 << 16, 0));
    spec.end();
    Set<Purpose> purposes = EnumSet.noneOf(Purpose.class);
    for (String purpose : fields.words("purposes")) {
      purposes.add(word("purposes", purpose, Purpose.class));
    }
    Map<String, String> labels =
        fields.texts("labels", MAX_ENTRIES, MAX_CLAIM, MAX_CLAIM).orElse(Map.of());
    fields.end();
    if (purposes.isEmpty()) {
      throw Fields.malformed("a new key has a purpose at least");
    }
    return metadata(
        identity,
        common.request(utf8(kind.toString()), utf8(purposes.toString())),
        (keys, access, key) -> keys.create(access, key, kind, purposes, labels));
  }

  private static WrapContext context(Fields fields) throws GateException {
    Map<String, String> entries =
        fields
            .texts("context", MAX_ENTRIES, MAX_CLAIM, MAX_VALUE)
            .orElseThrow(() -> Fields.malformed("the field context is missing"));
    for (String name : List.of("keyhold-binding", "keyhold-tenant")) {
      if ("".equals(entries.get(name))) {
        throw Fields.malformed("context." + name + " is empty");
      }
    }
    return new WrapContext(entries);
  }

  private static WrappedKey wrapped(Fields fields) throws GateException {
    String identity = fields.text("identity", 1, MAX_KEY);
    String version = fields.text("version", 0, MAX_CLAIM);
    int mechanism = (int) fields.number("mechanism", 1, 255, 0);
    byte[] bytes =
        fields
            .bytes("bytes", MAX_WRAPPED)
            .orElseThrow(() -> Fields.malformed("the field wrapped.bytes is missing"));
    fields.end();
    try {
      return new WrappedKey(identity, version, WrapMechanism.ofId(mechanism), bytes);
    } catch (IllegalArgumentException e) {
      throw new GateException(Kind.UNSUPPORTED, e.getMessage());
    }
  }

  private static SignatureAlgorithm signature(Fields fields) throws GateException {
    SignatureAlgorithm algorithm =
        new SignatureAlgorithm(
            word(
                "signature.scheme",
                fields.text("scheme", 1, MAX_CLAIM),
                SignatureAlgorithm.Scheme.class),
            fields.text("digest", 1, MAX_CLAIM),
            fields.text("mgf", 0, MAX_CLAIM),
            (int) fields.number("salt", -1, 1 << 16, 0));
    fields.end();
    return algorithm;
  }

  private static RsaPadding padding(Fields fields) throws GateException {
    RsaPadding padding =
        new RsaPadding(fields.text("digest", 0, MAX_CLAIM), fields.text("mgf", 0, MAX_CLAIM));
    fields.end();
    return padding;
  }

  private static <E extends Enum<E>> E word(String name, String word, Class<E> type)
      throws GateException {
    for (E value : type.getEnumConstants()) {
      if (value.name().equals(word)) {
        return value;
      }
    }
    throw Fields.malformed(name + " is one of " + Arrays.toString(type.getEnumConstants()));
  }

  private Answer bytes(String identity, UseRequest request, KeyService.Action<byte[]> action)
      throws GateException {
    KeyService.Done<byte[]> done = service.use(identity, request, action);
    return new Answer(json(done), done.result());
  }

  private Answer metadata(
      String identity, UseRequest request, KeyService.Action<KeyMetadata> action)
      throws GateException {
    KeyService.Done<KeyMetadata> done = service.use(identity, request, action);
    JsonObject json = json(done);
    json.add("metadata", KeyJson.of(done.result()));
    return new Answer(json, NOTHING);
  }

  private static JsonObject json(KeyService.Done<?> done) {
    JsonObject json = new JsonObject();
    json.add("leaf", leaf(done.leaf()));
    done.hold().ifPresent(hold -> json.addProperty("hold", hold.text()));
    return json;
  }

  static JsonObject leaf(Receipt receipt) {
    JsonObject leaf = new JsonObject();
    leaf.addProperty("origin", receipt.origin());
    leaf.addProperty("index", receipt.index());
    leaf.addProperty("hash", receipt.hash());
    return leaf;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
