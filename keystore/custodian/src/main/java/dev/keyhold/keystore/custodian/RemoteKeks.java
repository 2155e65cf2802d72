package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import java.util.Map;
import java.util.Optional;

/** KEKs behind a custodian. Thread-safe. */
final class RemoteKeks implements Keks {
  private static final int MAX_DATA_KEY = 64;
  private static final int MAX_IDENTITY = 1024;
  private static final int MAX_VERSION = 255;
  private static final int MAX_WRAPPED = 16 << 10;
  private static final int MAX_NAMES = 32;
  private static final int MAX_NAME = 255;
  private static final int MAX_VALUE = 1024;

  private final Requests requests;
  private final KeyReads reads;

  RemoteKeks(Requests requests, KeyReads reads) {
    this.requests = requests;
    this.reads = reads;
  }

  @Override
  public Optional<WrapMechanism> mechanism(String key) throws BackendException {
    return reads.describe(key).mechanism();
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    if (!isServed(context) || dataKey.length == 0 || dataKey.length > MAX_DATA_KEY) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a custodian wraps keys of 1 to 64 bytes, in a context of at most 32 names of at most 255"
              + " bytes with values of at most 1024");
    }
    return requests.ask(
        "wrap",
        requests.use(key).put("context", context.entries()),
        dataKey,
        answer -> {
          answer.requireNoSecret();
          Fields wrapped = answer.fields().object("wrapped");
          WrappedKey read =
              new WrappedKey(
                  wrapped.text("identity"),
                  wrapped.text("version"),
                  KeyTexts.mechanism(wrapped),
                  wrapped.bytes("bytes"));
          wrapped.end();
          return read;
        });
  }

  private static boolean isServed(WrapContext context) {
    if (context.entries().size() > MAX_NAMES) {
      return false;
    }
    for (Map.Entry<String, String> entry : context.entries().entrySet()) {
      if (Requests.utf8Length(entry.getKey()) > MAX_NAME
          || Requests.utf8Length(entry.getValue()) > MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  /** What no custodian can have wrapped is not sent. */
  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    int length = wrapped.bytes().length;
    if (length == 0
        || length > MAX_WRAPPED
        || Requests.utf8Length(wrapped.identity()) > MAX_IDENTITY
        || !isServed(context)
        || !reads.isIdentity(key, wrapped.identity())) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "the wrapped key is not what this key wrapped");
    }
    if (Requests.utf8Length(wrapped.version()) > MAX_VERSION
        || wrapped.version().chars().anyMatch(Character::isISOControl)) {
      throw new BackendException(Reason.NOT_FOUND, "the key has no such version");
    }
    JsonWriter sent =
        new JsonWriter()
            .put("identity", wrapped.identity())
            .put("version", wrapped.version())
            .put("mechanism", wrapped.mechanism().id())
            .put("bytes", wrapped.bytes());
    return requests.ask(
        "unwrap",
        requests.use(key).put("context", context.entries()).put("wrapped", sent),
        Requests.NOTHING,
        answer -> {
          if (answer.secret().length == 0 || answer.secret().length > MAX_DATA_KEY) {
            throw new MalformedException("it has no data key of 1 to 64 bytes");
          }
          return answer.secret();
        });
  }
}
