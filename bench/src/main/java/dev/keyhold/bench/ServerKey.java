package dev.keyhold.bench;

import dev.keyhold.KeyholdGenParameterSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.util.stream.Stream;

/**
 * A key store with one key pair (P-256) and its certificate.
 *
 * @param keyhold whose key it is; null for the JDK's
 */
record ServerKey(KeyStore keyStore, KeyholdKeys keyhold) implements AutoCloseable {
  static final String ALIAS = "server";
  static final String PASSWORD = "changeit";
  private static final String PIN = "1234";

  /**
   * Makes one: {@code local}, {@code software}, {@code pkcs11}, or {@code sunpkcs11}, without
   * Keyhold.
   */
  static ServerKey make(String where)
      throws GeneralSecurityException, IOException, InterruptedException {
    return switch (where) {
      case "local" -> local();
      case "software" -> of(KeyholdKeys.make());
      case "pkcs11" -> of(token());
      default -> throw new IllegalArgumentException(where);
    };
  }

  private static ServerKey local()
      throws GeneralSecurityException, IOException, InterruptedException {
    Path folder = Files.createTempDirectory("keyhold-bench");
    Path file = folder.resolve("local.p12");
    run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        ALIAS,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=server",
        "-storepass",
        PASSWORD,
        "-keystore",
        file.toString());
    KeyStore keyStore = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    Files.delete(file);
    Files.delete(folder);
    return new ServerKey(keyStore, null);
  }

  private static ServerKey of(KeyholdKeys keyhold) throws GeneralSecurityException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "Keyhold");
    generator.initialize(new KeyholdGenParameterSpec.Builder(ALIAS).keySize(256).build());
    generator.generateKeyPair();
    KeyStore keyStore = KeyStore.getInstance("Keyhold");
    keyStore.load(null, null);
    return new ServerKey(keyStore, keyhold);
  }

  /** Returns a fresh key pair (P-256) in such a token by the JDK's provider alone. */
  static KeyPair withoutKeyhold()
      throws GeneralSecurityException, IOException, InterruptedException {
    token().close();
    Path configuration = Files.createTempFile("keyhold-bench", ".cfg");
    Files.writeString(
        configuration,
        """
        name = bench
        library = %s
        slotListIndex = 0
        attributes(generate, CKO_PRIVATE_KEY, *) = {
          CKA_TOKEN = true
        }
        """
            .formatted(library()));
    Provider provider = Security.getProvider("SunPKCS11").configure(configuration.toString());
    Files.delete(configuration);
    Security.addProvider(provider);
    KeyStore.getInstance("PKCS11", provider).load(null, PIN.toCharArray()); // logs in
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static KeyholdKeys token() throws IOException, InterruptedException {
    String variable = System.getenv("SOFTHSM2_CONF");
    if (variable == null) {
      throw new IOException("SOFTHSM2_CONF is not set: see the Makefile, or leave pkcs11 out");
    }
    Path configuration = Path.of(variable);
    Path tokens = configuration.resolveSibling("tokens-" + ProcessHandle.current().pid());
    Files.createDirectories(tokens);
    Files.writeString(configuration, "directories.tokendir = " + tokens + "\nlog.level = ERROR\n");
    run(
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "bench",
        "--so-pin",
        "4321",
        "--pin",
        PIN);
    return KeyholdKeys.make(
        """
        backend.local.type = pkcs11
        backend.local.library = %s
        backend.local.token = bench
        backend.local.pin = file:password.txt
        key.* = local
        """
            .formatted(library()),
        PIN);
  }

  /** Returns where distributions put it. */
  private static Path library() throws IOException {
    return Stream.of(
            "/usr/lib/softhsm",
            "/usr/lib/x86_64-linux-gnu/softhsm",
            "/usr/lib/aarch64-linux-gnu/softhsm",
            "/usr/lib64",
            "/usr/lib64/pkcs11",
            "/usr/local/lib/softhsm")
        .map(folder -> Path.of(folder, "libsofthsm2.so"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new IOException("SoftHSM2 is not installed; leave pkcs11 out"));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + output);
    }
  }

  @Override
  public void close() throws IOException {
    if (keyhold != null) {
      keyhold.close();
    }
  }
}
