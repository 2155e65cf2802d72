package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyMetadata;

/** Taking keys out of use for a while. */
@IfAbsent("this backend can't disable a key, or enable it again")
public interface Suspension extends Facet {
  /** Suspends a key with all its versions until {@link #enable}: it neither protects nor opens. */
  KeyMetadata disable(String key) throws BackendException;

  /** Takes a suspended key into use again. */
  KeyMetadata enable(String key) throws BackendException;
}
