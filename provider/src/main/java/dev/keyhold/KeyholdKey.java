package dev.keyhold;

import dev.keyhold.keystore.KeyUri;
import java.security.Key;

/**
 * A key that stays where it lives: this is a handle. It has no encoding ({@link #getEncoded} and
 * {@link #getFormat} are null); every use of it is a call to its backend. Two are equal when alias,
 * URI and provider instance are. Serialized, it is a reference, and binds to the installed provider
 * when it is first used.
 *
 * <p>Immutable and thread-safe.
 */
public interface KeyholdKey extends Key {
  /** Returns the alias under which the application knows the key; it decides the policy. */
  String alias();

  /** Returns where the key is. */
  KeyUri uri();
}
