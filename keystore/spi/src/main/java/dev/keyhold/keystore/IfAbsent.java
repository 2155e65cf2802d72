package dev.keyhold.keystore;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The error for a caller that needs a facet which a backend does not have, and what to do instead.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface IfAbsent {
  /** Returns the message, without the names of the key, the backend and the operation. */
  String value();
}
