package dev.keyhold.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The backends that the tests run on; a parameter of theirs. */
public enum BackendKind {
  /** The embedded software backend, with a fresh key file. */
  SOFTWARE("software") {
    @Override
    Map<String, String> newPlace(Path folder, String name) {
      Map<String, String> options = new LinkedHashMap<>();
      options.put("file", name + ".keyhold");
      options.put("password", secret(folder, name, "a password for tests"));
      return options;
    }
  },
  /** PKCS#11, with a fresh SoftHSM2 token; the test is skipped where SoftHSM2 is not installed. */
  PKCS11("pkcs11") {
    @Override
    Map<String, String> newPlace(Path folder, String name) {
      SoftHsm token = SoftHsm.newToken(name);
      Map<String, String> options = new LinkedHashMap<>();
      options.put("library", token.library().toString());
      options.put("token", token.label());
      options.put("pin", secret(folder, name, token.pin()));
      options.put("pkcs1-decryption", "allow"); // or no key decrypts
      return options;
    }
  },
  /** Google Cloud KMS, with a fresh key ring at a fake of the service. */
  GOOGLE_KMS("google-kms") {
    @Override
    Map<String, String> newPlace(Path folder, String name) {
      Map<String, String> options = new LinkedHashMap<>();
      options.put("key-ring", GoogleFake.newKeyRing());
      options.put("endpoint", GoogleFake.endpoint());
      options.put("timeout", "60s"); // the fake makes RSA keys, on a machine that may be busy
      options.put("generation-timeout", "60s");
      options.put("deadline", "120s");
      return options;
    }
  };

  private final String type;

  BackendKind(String type) {
    this.type = type;
  }

  /** What stands after {@code backend.<name>.type =}. */
  public String type() {
    return type;
  }

  /**
   * Makes an empty place for keys. The test is skipped where {@code -Dkeyhold.backends}, a pattern,
   * does not have the type.
   *
   * @param folder where its files go; option values are relative to it
   * @param name the backend's name
   * @return the options that lead to it
   */
  Map<String, String> options(Path folder, String name) {
    assumeTrue(
        type.matches(System.getProperty("keyhold.backends", ".*")),
        "of another backend than asked for");
    return newPlace(folder, name);
  }

  abstract Map<String, String> newPlace(Path folder, String name);

  private static String secret(Path folder, String name, String secret) {
    String file = name + ".secret";
    try {
      Files.writeString(folder.resolve(file), secret + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "file:" + file;
  }

  @Override
  public String toString() {
    return type;
  }
}
