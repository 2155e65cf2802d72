package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;

/** New keys. */
@IfAbsent("this backend makes no keys: make them where they live")
public interface KeyMaking extends Facet {
  /** Makes a key. Fails with DENIED if the name exists, with UNSUPPORTED if it can't be held. */
  KeyMetadata create(KeyRequest request) throws BackendException;
}
