package dev.keyhold.observe;

import java.util.Locale;

/**
 * An operation of a backend. Each has a name for metrics, which never changes, and a text for
 * errors, which may change.
 */
public enum KeyOperation {
  /** All keys. */
  LIST("list keys"),
  /** What is known of a key. */
  DESCRIBE("describe"),
  /** The identity that headers name a key by. */
  IDENTIFY("identify"),
  /** A new key. */
  CREATE("create"),
  /** A key that was made elsewhere. */
  IMPORT("import"),
  /** A new version. */
  ROTATE("rotate"),
  /** Rotation by the backend itself. */
  SET_ROTATION("set the rotation"),
  /** Suspension. */
  DISABLE("disable"),
  /** Its end. */
  ENABLE("enable"),
  /** Destruction after some time. */
  SCHEDULE_DESTRUCTION("schedule the destruction"),
  /** A key that is saved from that. */
  CANCEL_DESTRUCTION("cancel the destruction"),
  /** Destruction now, of a key whose time has come. */
  PURGE("purge"),
  /** How a password protects the keys. */
  READ_PROTECTION("read the protection"),
  /** Protection under another password, or by another derivation. */
  PROTECT_ANEW("protect the keys anew"),
  /** Another name. */
  RENAME("rename"),
  /** No name any more. */
  UNNAME("unname"),
  /** Another party's key is wrapped, in this way. */
  WRAP_KEY("wrap a key (%s)"),
  /** A data key or epoch key is wrapped. */
  WRAP("wrap"),
  /** Another party's key is unwrapped, in this way. */
  UNWRAP_KEY("unwrap a key (%s)"),
  /** A data key or epoch key is unwrapped. */
  UNWRAP("unwrap"),
  /** A message authentication code, by this algorithm. */
  MAC("%s"),
  /** The public half of a key pair. */
  READ_PUBLIC_KEY("read the public key"),
  /** A signature, by this algorithm. */
  SIGN("sign (%s)"),
  /** Decryption with a private key, and this padding. */
  DECRYPT("decrypt (%s)"),
  /** Agreement on a secret. */
  AGREE("agree on a key"),
  /** A secret that a KEM encapsulated. */
  DECAPSULATE("decapsulate"),
  /** The certificates that are kept with a key. */
  READ_CERTIFICATES("read the certificates"),
  /** They are replaced. */
  KEEP_CERTIFICATES("keep the certificates"),
  /** Random bytes. */
  RANDOM("draw random bytes");

  private final String words;

  KeyOperation(String words) {
    this.words = words;
  }

  /** Its name in events, metrics and spans. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns what errors call it.
   *
   * @param detail such as an algorithm; of no concern to an operation that has none
   */
  public String words(Object detail) {
    return words.formatted(detail);
  }
}
