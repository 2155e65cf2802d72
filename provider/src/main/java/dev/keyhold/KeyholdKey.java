package dev.keyhold;

import dev.keyhold.keystore.KeyUri;
import java.security.Key;

/**
 * A handle of a key that stays in its backend. It has no encoding ({@link #getEncoded} and {@link
 * #getFormat} return null); every use of it is a call to its backend. Two handles are equal if
 * their alias, URI and provider instance are equal. The serialized form is a reference, which binds
 * to the installed provider when it is first used.
 *
 * <p>Immutable and thread-safe.
 */
public interface KeyholdKey extends Key {
  /** Returns the alias under which the application knows the key; it decides the policy. */
  String alias();

  /** Returns the URI of the key's place. */
  KeyUri uri();
}
