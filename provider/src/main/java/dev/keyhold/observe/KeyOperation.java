package dev.keyhold.observe;

import java.util.Locale;
import java.util.stream.Stream;

/** What can be asked of a backend: each has a name that stays, and the words of errors. */
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
  /** Another name. */
  RENAME("rename"),
  /** No name any more. */
  UNNAME("unname"),
  /** A key of somebody else's is wrapped; before {@link #WRAP}, with which its words begin. */
  WRAP_KEY("wrap a key"),
  /** A data key or epoch key is wrapped. */
  WRAP("wrap"),
  /** A key of somebody else's is unwrapped. */
  UNWRAP_KEY("unwrap a key"),
  /** A data key or epoch key is unwrapped. */
  UNWRAP("unwrap"),
  /** A message authentication code. */
  MAC("Hmac"),
  /** The public half of a key pair. */
  READ_PUBLIC_KEY("read the public key"),
  /** A signature. */
  SIGN("sign"),
  /** Decryption with a private key. */
  DECRYPT("decrypt"),
  /** Agreement on a secret. */
  AGREE("agree"),
  /** A secret that a KEM encapsulated. */
  DECAPSULATE("decapsulate"),
  /** The certificates that are kept with a key. */
  READ_CERTIFICATES("read the certificates"),
  /** They are replaced. */
  KEEP_CERTIFICATES("keep the certificates"),
  /** Random bytes. */
  RANDOM("draw random bytes"),
  /** Whatever has no name here. */
  OTHER("");

  private final String words;

  KeyOperation(String words) {
    this.words = words;
  }

  /** The one that errors call so; they may go on with details, such as an algorithm. */
  public static KeyOperation of(String words) {
    return Stream.of(values())
        .filter(operation -> words.startsWith(operation.words))
        .findFirst()
        .orElse(OTHER);
  }

  /** Its name in events, metrics and spans. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
