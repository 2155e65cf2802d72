package dev.keyhold.conformance.example;

import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import java.nio.file.Path;

/** Makes backends of the type {@code folder}; their option is {@code folder}, a path. */
public final class FolderBackendFactory implements BackendFactory {
  @Override
  public String type() {
    return "folder";
  }

  @Override
  public BackendSource configure(BackendOptions options) {
    Path folder = options.path("folder").orElseThrow(() -> options.invalid("folder", "is missing"));
    return () -> new FolderBackend(folder);
  }
}
