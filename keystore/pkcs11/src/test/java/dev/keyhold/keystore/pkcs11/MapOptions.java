package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.SecretSource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Options from a map; a secret stands there as it is, and an empty one is none. */
public final class MapOptions implements BackendOptions {
  private final Map<String, String> values;

  public MapOptions(Map<String, String> values) {
    this.values = values;
  }

  public static Map<String, String> pairs(String... namesAndValues) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return values;
  }

  public void set(String option, String value) {
    values.put(option, value);
  }

  @Override
  public String backend() {
    return "hsm";
  }

  @Override
  public Optional<String> optional(String option) {
    return Optional.ofNullable(values.get(option)).filter(value -> !value.isEmpty());
  }

  @Override
  public Optional<Path> path(String option) {
    return optional(option).map(Path::of);
  }

  @Override
  public Optional<SecretSource> secret(String option) {
    return optional(option).map(value -> () -> values.get(option).toCharArray());
  }

  @Override
  public ConfigurationException invalid(String option, String what) {
    return new ConfigurationException("backend.hsm." + option + " " + what);
  }
}
