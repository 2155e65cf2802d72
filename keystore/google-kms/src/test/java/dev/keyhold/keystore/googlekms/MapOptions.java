package dev.keyhold.keystore.googlekms;

import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.SecretSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The options of a backend, from a map. */
public record MapOptions(Map<String, String> values) implements BackendOptions {
  @Override
  public String backend() {
    return "gcp";
  }

  @Override
  public Optional<String> optional(String option) {
    return Optional.ofNullable(values.get(option));
  }

  @Override
  public Optional<Path> path(String option) {
    return optional(option).map(Path::of);
  }

  @Override
  public Optional<SecretSource> secret(String option) {
    return Optional.empty();
  }

  @Override
  public ConfigurationException invalid(String option, String what) {
    return new ConfigurationException(option + " " + what);
  }
}
