package dev.keyhold.conformance.wycheproof;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.Provider;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.opentest4j.TestAbortedException;

/**
 * MACs through {@code Mac}. Every vector goes through every call pattern. A truncated MAC is
 * compared with the first bytes of the whole one.
 */
final class MacCheck implements Check {
  /** Where the key of a vector comes from. */
  @FunctionalInterface
  interface Keys {
    /** A key for a Mac; may be a handle. */
    Key key(SecretKeySpec raw) throws Exception;
  }

  private final Provider provider;
  private final Keys keys;

  MacCheck(Provider provider, Keys keys) {
    this.provider = provider;
    this.keys = keys;
  }

  @Override
  public void run(Vector vector) throws Exception {
    String algorithm = algorithm(vector.file().algorithm());
    byte[] tag = vector.bytes("tag");
    byte[] message = vector.bytes("msg");
    Key key = keys.key(new SecretKeySpec(vector.bytes("key"), algorithm));
    byte[] first = null;
    for (MacPattern pattern : MacPattern.all(message.length)) {
      byte[] mac = compute(algorithm, key, pattern, message);
      if (first == null) {
        first = mac;
        requireResult(vector, tag, mac);
      } else if (!Arrays.equals(first, mac)) {
        throw new AssertionError(pattern.name() + ": " + differ(first, mac));
      }
    }
  }

  /** The provider's own spelling of an algorithm; skips what it has no service for. */
  private String algorithm(String name) {
    return Optional.ofNullable(provider.getService("Mac", name))
        .map(Provider.Service::getAlgorithm)
        .orElseThrow(() -> new TestAbortedException("no service for Mac " + name + " yet"));
  }

  private byte[] compute(String algorithm, Key key, MacPattern pattern, byte[] message)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance(algorithm, provider);
    mac.init(key);
    return pattern.compute().compute(mac, message.clone());
  }

  private static void requireResult(Vector vector, byte[] tag, byte[] mac) {
    byte[] prefix = Arrays.copyOf(mac, tag.length);
    boolean equal = tag.length <= mac.length && Arrays.equals(tag, prefix);
    if (vector.result() == Vector.Result.VALID && !equal) {
      throw new AssertionError(differ(tag, prefix));
    }
    if (vector.result() == Vector.Result.INVALID && equal) {
      throw new AssertionError("the wrong MAC is the one that was computed");
    }
  }

  private static String differ(byte[] expected, byte[] actual) {
    HexFormat hex = HexFormat.of();
    return "expected " + hex.formatHex(expected) + " but was " + hex.formatHex(actual);
  }
}
