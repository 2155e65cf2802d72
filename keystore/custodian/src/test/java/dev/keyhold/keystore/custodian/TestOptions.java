package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.SecretSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Options in a map; files are in a folder. */
record TestOptions(Path folder, Map<String, String> values) implements BackendOptions {
  @Override
  public String backend() {
    return "hsm";
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
    return path(option).map(file -> () -> read(file));
  }

  private static char[] read(Path file) throws BackendException {
    try {
      return Files.readString(file).toCharArray();
    } catch (IOException e) {
      throw new BackendException(Reason.MISCONFIGURED, "no " + file, e);
    }
  }

  @Override
  public ConfigurationException invalid(String option, String what) {
    return new ConfigurationException("backend.hsm." + option + " " + what);
  }
}
