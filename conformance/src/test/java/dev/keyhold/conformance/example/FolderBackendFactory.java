package dev.keyhold.conformance.example;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;

/** Makes backends of the type {@code folder}; their option is {@code folder}, a path. */
public final class FolderBackendFactory implements BackendFactory {
  @Override
  public String type() {
    return "folder";
  }

  @Override
  public Backend create(BackendOptions options) {
    return new FolderBackend(
        options.path("folder").orElseThrow(() -> options.invalid("folder", "is missing")));
  }
}
