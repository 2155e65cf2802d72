package dev.keyhold.conformance;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.SecretSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** Makes bare backends, without a provider above them. */
public final class BackendFixture {
  private BackendFixture() {}

  /** A backend with an empty place for keys, whose files are in a folder; the caller closes it. */
  public static Backend create(BackendKind kind, Path folder) {
    return create(kind.type(), folder, kind.options(folder, "b"));
  }

  /** A backend with these options; the caller closes it. */
  public static Backend create(String type, Path folder, Map<String, String> options) {
    return ServiceLoader.load(BackendFactory.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(factory -> factory.type().equals(type))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no backend of type " + type))
        .create(new Options(folder, options));
  }

  private record Options(Path folder, Map<String, String> values) implements BackendOptions {
    @Override
    public String backend() {
      return "b";
    }

    @Override
    public Optional<String> optional(String option) {
      return Optional.ofNullable(values.get(option));
    }

    @Override
    public Optional<Path> path(String option) {
      return optional(option).map(folder::resolve);
    }

    @Override
    public Optional<SecretSource> secret(String option) {
      return optional(option).map(value -> () -> read(value.substring("file:".length())));
    }

    private char[] read(String file) {
      try {
        return Files.readString(folder.resolve(file)).strip().toCharArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public ConfigurationException invalid(String option, String what) {
      return new ConfigurationException("backend.b." + option + " " + what);
    }
  }
}
