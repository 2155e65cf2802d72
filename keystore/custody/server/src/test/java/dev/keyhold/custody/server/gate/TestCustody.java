package dev.keyhold.custody.server.gate;

import dev.keyhold.admin.Administration;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.log.Records;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.state.Applied;
import dev.keyhold.custody.proof.state.State;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.custody.server.log.DiskFiles;
import dev.keyhold.custody.server.log.FaultyFiles;
import dev.keyhold.custody.server.log.LogFiles;
import dev.keyhold.custody.server.log.LogSettings;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A custodian without a network: keys in a file, people, a charter and a clock to set. */
public final class TestCustody implements AutoCloseable {
  public static final String ORIGIN = "custody.acme.example/a1";
  public static final String API = "spiffe://acme/ns/pay/sa/api";
  public static final String REPORTS = "spiffe://acme/ns/bi/sa/reports";

  /** The rules of most tests. */
  public static final String RULES =
      """
      rule 10 open orders by api binding orders tenant * purpose fraud-review ticket INC-* needs 1 security 1 data-owner max 8h 1000-objects
      rule 20 protect orders by api binding orders tenant *
      rule 30 open orders by reports binding orders tenant acme hold 5m
      rule 40 mac seal by api
      rule 50 create * by reports
      rule 90 open orders by api binding orders tenant * purpose break-glass needs 1 oncall max 30m 200-objects review 5d
      """;

  /** A clock to set; it stands still. */
  public static final class TestClock extends Clock {
    private volatile Instant now = Instant.parse("2026-11-27T22:00:00Z");

    public void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  public final TestClock clock = new TestClock();
  public final FaultyFiles files = new FaultyFiles();
  public final LogSettings settings;
  public final NoteSigner logKey;
  public final Map<String, NoteSigner> people = new HashMap<>();
  public final Administration administration;
  public Charter charter;
  public Gate gate;
  public KeyService service;
  private final String pin;

  public TestCustody(Path folder) throws Exception {
    this(folder, RULES, "");
  }

  /**
   * Makes and opens one.
   *
   * @param trust lines {@code trust} of the charter
   */
  public TestCustody(Path folder, String rules, String trust) throws Exception {
    KeyPair pair = pair();
    logKey = NoteSigner.of(VerifierKey.of(ORIGIN, pair.getPublic()), pair.getPrivate());
    for (String person : List.of("alice", "bob", "carol", "dave", "erin")) {
      KeyPair own = pair();
      people.put(person, NoteSigner.of(VerifierKey.of(person, own.getPublic()), own.getPrivate()));
    }
    Path password = Files.writeString(folder.resolve("password.txt"), "correct horse\n");
    Path configuration = folder.resolve("keyhold.properties");
    Files.writeString(
        configuration,
        """
        backend.local.type = software
        backend.local.file = keys.keyhold
        backend.local.password = file:%s
        key.* = local
        """
            .formatted(password.getFileName()));
    administration = Administration.open(configuration.toString());
    create("orders", "AES", dev.keyhold.keystore.Purpose.ENCRYPT);
    create("seal", "HmacSHA256", dev.keyhold.keystore.Purpose.MAC);
    charter = Charter.parse(text(1, null, rules, trust));
    pin = charter.id();
    settings = LogSettings.of(ORIGIN, folder.resolve("log")).withSizes(1 << 20, Long.MAX_VALUE);
    Gate.init(
        settings,
        pin,
        List.of(signed(charter.text(), "alice", "bob", "carol", "dave", "erin")),
        Optional.empty(),
        new DiskFiles(),
        logKey,
        clock);
    open(files);
  }

  private void create(String name, String algorithm, dev.keyhold.keystore.Purpose purpose)
      throws Exception {
    administration
        .backend("local")
        .key(name)
        .create(new dev.keyhold.keystore.KeySpec(algorithm, 256), purpose, Map.of());
  }

  public static KeyPair pair() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  private void open(LogFiles layer) throws Exception {
    gate = Gate.open(settings, pin, layer, logKey, clock);
    service = new KeyService(gate, administration.uses("local"), new byte[32]);
  }

  /** Stops the gate and starts it again. */
  public void restart() throws Exception {
    gate.close();
    open(files);
  }

  public String identity(String key) throws Exception {
    return administration.uses("local").identity(key);
  }

  /** Returns the text of a version of the charter. */
  public String text(int version, String previous, String rules, String trust) throws Exception {
    StringBuilder text = new StringBuilder("keyhold.dev/charter@v1\nname acme\n");
    text.append("version ").append(version).append('\n');
    if (previous != null) {
      text.append("previous ").append(previous).append('\n');
    }
    text.append("owners 2 of alice bob carol\n");
    text.append("log " + ORIGIN + " ").append(logKey.verifierKey()).append('\n');
    for (String person : List.of("alice", "bob", "carol", "dave", "erin")) {
      text.append("person " + person + " ").append(people.get(person).verifierKey()).append('\n');
    }
    text.append("group security alice dave\ngroup data-owner bob erin\n");
    text.append("group oncall carol dave erin\ngroup freezer alice bob dave erin\n");
    text.append(trust);
    text.append("key orders ").append(identity("orders")).append('\n');
    text.append("key seal ").append(identity("seal")).append('\n');
    text.append("workload api " + API + "\nworkload reports " + REPORTS + "\n");
    return text + rules;
  }

  /** Returns the text, signed by people. */
  public byte[] signed(String text, String... signers) throws GeneralSecurityException {
    Note note = new Note(text, List.of());
    for (String signer : signers) {
      note = note.with(people.get(signer).sign(text));
    }
    return note.toBytes();
  }

  /** Returns a grant for api by rule 10, of an hour from now on. */
  public String grant(int objects, int epochs) {
    return statement("grant")
        + "rule 10\nasked-by carol\nreason disputed%20payments\nworkload api\n"
        + "open orders binding orders tenant acme\npurpose fraud-review ticket INC-1234\n"
        + "from "
        + Values.seconds(clock.instant())
        + "\nuntil "
        + Values.seconds(clock.instant().plus(Duration.ofHours(1)))
        + "\nat "
        + ORIGIN
        + " objects "
        + objects
        + " epochs "
        + epochs
        + "\nnonce "
        + bits()
        + "\n";
  }

  /** Returns the first lines of a statement. */
  public String statement(String kind) {
    return "keyhold.dev/" + kind + "@v1\ncharter " + CharterRef.to(charter) + "\n";
  }

  public static String bits() {
    byte[] bits = new byte[16];
    ThreadLocalRandom.current().nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  public Gate.Posted post(byte[] note) throws GateException {
    return service.post(note, Duration.ofMinutes(1));
  }

  public static WrapContext context(String binding, String tenant) {
    return new WrapContext(
        Map.of(
            "keyhold-binding",
            binding,
            "keyhold-tenant",
            tenant,
            "keyhold-data-keys",
            "per-object"));
  }

  /** Returns a request by api for orders. */
  public static UseRequest request(
      Operation operation, WrapContext context, WrappedKey wrapped, String purpose, String ticket) {
    return request("orders", operation, context, wrapped, purpose, ticket);
  }

  public static UseRequest request(
      String key,
      Operation operation,
      WrapContext context,
      WrappedKey wrapped,
      String purpose,
      String ticket) {
    return new UseRequest(
        operation,
        key,
        bits(),
        Optional.of("orders"),
        Optional.ofNullable(purpose),
        Optional.ofNullable(ticket),
        Duration.ofMinutes(1),
        Optional.ofNullable(context),
        Optional.ofNullable(wrapped),
        false,
        List.of());
  }

  /** Wraps a data key of 32 bytes for tenant acme. */
  public WrappedKey wrap(byte value) throws GateException {
    byte[] dataKey = new byte[32];
    dataKey[0] = value;
    WrapContext context = context("orders", "acme");
    return service
        .use(
            API,
            request(Operation.WRAP, context, null, null, null),
            (keys, access, key) -> keys.wrap(access, key, context, dataKey))
        .result();
  }

  /** Unwraps as api, for the purpose of rule 10. */
  public KeyService.Done<byte[]> unwrap(WrappedKey wrapped) throws GateException {
    return unwrap(API, wrapped, context("orders", "acme"), "fraud-review", "INC-1234");
  }

  public KeyService.Done<byte[]> unwrap(
      String identity, WrappedKey wrapped, WrapContext context, String purpose, String ticket)
      throws GateException {
    return service.use(
        identity,
        request(Operation.UNWRAP, context, wrapped, purpose, ticket),
        (keys, access, key) -> keys.unwrap(access, key, wrapped, context));
  }

  /** Returns the leaves of the log, replayed by another state; fails where one has a problem. */
  public List<String> leaves() throws IOException {
    State state = new State(ORIGIN, pin);
    List<String> leaves = new ArrayList<>();
    try (InputStream in =
        new BufferedInputStream(
            Files.newInputStream(settings.folder().resolve("segment/00000000")))) {
      for (Records.Read read = Records.read(in);
          read.end() == Records.End.RECORD;
          read = Records.read(in)) {
        Applied applied = state.apply(read.bytes());
        if (!applied.problems().isEmpty()) {
          throw new AssertionError(applied.problems() + " " + applied.leaf());
        }
        leaves.add(new String(read.bytes(), StandardCharsets.UTF_8));
      }
    }
    return leaves;
  }

  @Override
  public void close() throws IOException {
    gate.close();
    administration.close();
  }
}
