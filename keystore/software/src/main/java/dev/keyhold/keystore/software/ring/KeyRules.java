package dev.keyhold.keystore.software.ring;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.KeyPairKind;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The rules for the keys and names that this backend accepts. Stateless. */
public final class KeyRules {
  private static final int MAX_NAME_LENGTH = 512;
  private static final int ID_DIGITS = 32;

  private KeyRules() {}

  /** Returns whether this is the id of a key, by its look. */
  public static boolean isId(String text) {
    if (text.length() != ID_DIGITS) {
      return false;
    }
    for (int i = 0; i < ID_DIGITS; i++) {
      char digit = text.charAt(i);
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns what a key of this kind, made or imported, can serve for; empty if it can't be held.
   */
  public static Set<Purpose> purposesOf(KeySpec spec) {
    int bits = spec.bits();
    if (spec.isKeyPair()) {
      return purposesOfPair(spec);
    }
    if (spec.algorithm().equals("AES") && AlgorithmTable.AES_BITS.contains(bits)) {
      return Set.of(Purpose.ENCRYPT, Purpose.KEY_WRAP);
    }
    if (!AlgorithmTable.HMACS.contains(spec.algorithm()) || bits % 8 != 0 || bits > 8192) {
      return Set.of();
    }
    boolean derives = spec.algorithm().equals("HmacSHA256") && bits >= 128;
    return derives ? Set.of(Purpose.MAC, Purpose.ENCRYPT) : Set.of(Purpose.MAC);
  }

  private static Set<Purpose> purposesOfPair(KeySpec spec) {
    return AlgorithmTable.find(spec.algorithm(), spec.bits())
        .map(KeyPairKind::possiblePurposes)
        .orElse(Set.of());
  }

  /**
   * Returns whether a key of this kind, which may have come from outside, can be in a file.
   *
   * @param second whether in one of the second version of the format
   */
  static boolean canHold(KeySpec spec, Purpose purpose, boolean second) {
    boolean inFirst = !spec.isKeyPair() && purpose != Purpose.KEY_WRAP;
    return (second || inFirst) && importable(spec).contains(purpose);
  }

  private static Set<Purpose> importable(KeySpec spec) {
    boolean rsa = spec.algorithm().equals("RSA") && spec.bits() >= 1024 && spec.bits() <= 8192;
    return purposesOf(rsa ? KeySpec.rsa(2048) : spec);
  }

  /** Checks a request for a new key. */
  public static void checkCreate(KeyRequest request) throws BackendException {
    check(request, purposesOf(request.spec()));
    int bits = request.spec().bits();
    if (request.spec().isHmac() && (bits < 112 || bits > 1024)) {
      throw unsupported("a new HMAC key has 112 to 1024 bits, not " + bits);
    }
  }

  /** Checks a request for a key whose material comes with it. */
  public static void checkImport(KeyRequest request, int materialLength) throws BackendException {
    check(request, importable(request.spec()));
    if (!request.spec().isKeyPair() && 8L * materialLength != request.spec().bits()) {
      throw unsupported(
          "the request says " + request.spec() + ", the material has " + materialLength + " bytes");
    }
  }

  private static void check(KeyRequest request, Set<Purpose> possible) throws BackendException {
    checkName(request.name());
    ExtrasCodec.checkLabels(request.labels());
    if (possible.isEmpty()) {
      throw unsupported(
          "a key file can't hold a key "
              + request.spec()
              + ": it takes AES with "
              + AlgorithmTable.AES_BITS
              + " bits, "
              + AlgorithmTable.HMACS
              + " with whole bytes up to 8192 bits, the key pairs "
              + KeySpec.KEY_PAIRS
              + ", and RSA keys from outside with 1024 to 8192 bits");
    }
    // a MAC over 32 chosen bytes would reveal what an HMAC KEK derives from them
    if (request.purposes().size() != 1) {
      throw unsupported("a key serves for one purpose: make one key for each");
    }
    if (!possible.containsAll(request.purposes())) {
      throw unsupported(
          "a key " + request.spec() + " serves for " + possible + ", not " + request.purposes());
    }
  }

  /** Checks a name that a key is to get. */
  public static void checkName(String name) throws BackendException {
    if (name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
      throw unsupported("a key's name has at least one character and no control characters");
    }
    if (name.matches("[0-9a-fA-F]{32}") || name.startsWith(StoredKey.URI_PREFIX)) {
      throw unsupported(
          "a key's name can't be 32 hexadecimal digits, nor begin with software: that is an id");
    }
    try {
      int length = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name)).remaining();
      if (length > MAX_NAME_LENGTH) {
        throw unsupported("a key's name has at most " + MAX_NAME_LENGTH + " bytes in UTF-8");
      }
    } catch (CharacterCodingException e) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a key's name must be well-formed Unicode: it has half a pair", e);
    }
  }

  private static BackendException unsupported(String what) {
    return new BackendException(Reason.UNSUPPORTED, what);
  }
}
