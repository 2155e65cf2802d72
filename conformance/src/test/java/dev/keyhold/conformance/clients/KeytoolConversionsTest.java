package dev.keyhold.conformance.clients;

import static dev.keyhold.conformance.clients.JdkTools.store;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** keytool's commands that move entries: to another alias, and to another key store. */
@ParameterizedClass
@EnumSource(
    value = Place.class,
    names = {"SOFTWARE", "PKCS11"})
class KeytoolConversionsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final byte[] DATA = {1, 2, 3};

  @TempDir Path folder;
  @Parameter Place place;

  private JdkTools tools;
  private Path configuration;
  private Path file;

  @BeforeEach
  void configure() throws Exception {
    KeyholdConfig config = place.open(folder).line("generate = b");
    if (place == Place.SOFTWARE) { // as the token of these tests
      config.line("backend.b.pkcs1-decryption = allow");
    }
    configuration = config.write();
    tools = new JdkTools(folder, configuration);
    file = folder.resolve("aliases.khks");
  }

  /** What a test does with a key store of a program. */
  @FunctionalInterface
  private interface Use {
    void of(KeyStore keys) throws Exception;
  }

  /** The backends' keys where the name is NONE. */
  private void open(String name, Use use) throws Exception {
    try (KeyholdProvider provider = new KeyholdProvider().configure(configuration.toString())) {
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      if (name.equals("NONE")) {
        keys.load(null, null);
      } else {
        try (InputStream in = Files.newInputStream(Path.of(name))) {
          keys.load(in, PASSWORD);
        }
      }
      use.of(keys);
    }
  }

  private void genkeypair(String alias, String store) throws Exception {
    tools.keytool(
        "-genkeypair -keyalg EC -groupname secp256r1 -keypass changeit -dname CN=%1$s -alias %1$s"
                .formatted(alias)
            + store);
  }

  /** Has keytool copy the entries of the key store file into another file. */
  private Jvm.Result importFileInto(String type, Path destination) throws Exception {
    return tools.run(
        "keytool",
        "-importkeystore -noprompt -srcstoretype Keyhold -srcstorepass changeit -srckeystore %s"
                .formatted(file)
            + " -deststoretype %s -deststorepass changeit -destkeystore %s"
                .formatted(type, destination));
  }

  private static void signs(KeyStore keys, String alias, PublicKey publicKey) throws Exception {
    PrivateKey key = (PrivateKey) keys.getKey(alias, null);
    assertNull(key.getEncoded());
    String algorithm = "SHA256with" + (key.getAlgorithm().equals("EC") ? "ECDSA" : "RSA");
    Signature signer = Signature.getInstance(algorithm, keys.getProvider());
    signer.initSign(key);
    signer.update(DATA);
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(publicKey);
    verifier.update(DATA);
    assertTrue(verifier.verify(signer.sign()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "aliases.khks"})
  void changesTheAliasOfAPair(String name) throws Exception {
    String where = name.equals("NONE") ? name : file.toString();
    genkeypair("web", store(where));
    Certificate[] made = new Certificate[1];
    open(where, keys -> made[0] = keys.getCertificate("web"));
    tools.keytool("-changealias -alias web -destalias shop" + store(where));
    open(
        where,
        keys -> {
          assertEquals(List.of("shop"), Collections.list(keys.aliases()));
          assertEquals(made[0], keys.getCertificate("shop"));
          signs(keys, "shop", made[0].getPublicKey());
        });
    String listed = tools.keytool("-list" + store(where));
    assertTrue(listed.contains("shop, ") && !listed.contains("web, "), listed);
  }

  @Test
  void changesTheAliasOfASecretKey() throws Exception {
    tools.keytool(
        "-genseckey -alias orders -keyalg AES -keysize 256 -keypass changeit" + store("NONE"));
    Jvm.Result changed =
        tools.run("keytool", "-changealias -alias orders -destalias returns" + store("NONE"));
    if (place == Place.PKCS11 && Runtime.version().feature() > 17) {
      // SunPKCS11 copies no stored HMAC key there, which such a key is in a token
      assertTrue(changed.output().contains("rename the key on JDK 17"), changed.output());
      open("NONE", keys -> assertEquals(List.of("orders"), Collections.list(keys.aliases())));
      return;
    }
    changed.successful();
    open("NONE", keys -> assertEquals(List.of("returns"), Collections.list(keys.aliases())));
  }

  @Test
  void keepsTheKeyOfAnAliasThatIsTaken() throws Exception {
    genkeypair("web", store("NONE"));
    genkeypair("shop", store("NONE"));
    Certificate[] made = new Certificate[2];
    Use read =
        keys -> {
          made[0] = keys.getCertificate("web");
          made[1] = keys.getCertificate("shop");
        };
    open("NONE", read);
    Certificate[] before = made.clone();
    Jvm.Result refused =
        tools.run("keytool", "-changealias -alias web -destalias shop" + store("NONE"));
    assertFalse(refused.exitCode() == 0, refused.output());
    open("NONE", read);
    assertArrayEquals(before, made);
  }

  /** Makes a pair by the JDK's keytool, with a certificate of this key usage, or without one. */
  private void former(String alias, String algorithm, String usage) throws Exception {
    String size = algorithm.equals("EC") ? "-groupname secp256r1" : "-keysize 2048";
    String command =
        "-genkeypair -storetype PKCS12 -storepass changeit -keystore %s -alias %s -dname CN=%s -keyalg %s %s %s"
            .formatted(
                folder.resolve("former.p12"),
                alias,
                alias,
                algorithm,
                size,
                usage.isEmpty() ? "" : "-ext KU=" + usage);
    Jvm.run("keytool", command.strip().split(" +", -1)).successful();
  }

  private KeyStore former() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("former.p12"))) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private String importFormer(String options) throws Exception {
    return tools.keytool(
        "-importkeystore -noprompt -srcstoretype PKCS12 -srcstorepass changeit -srckeystore %s"
                .formatted(folder.resolve("former.p12"))
            + " -deststoretype Keyhold -deststorepass changeit -destkeypass changeit "
            + options);
  }

  /** The key usage of a server's RSA certificate is usually that of old-rsa. */
  @Test
  void importsAPkcs12IntoTheBackend() throws Exception {
    former("ec", "EC", "");
    former("old-rsa", "RSA", "digitalSignature,keyEncipherment");
    former("decrypts", "RSA", "keyEncipherment");
    KeyStore former = former();
    SecretKey secret = new SecretKeySpec(new byte[32], "HmacSHA256");
    former.setKeyEntry("macs", secret, PASSWORD, null);
    try (OutputStream out = Files.newOutputStream(folder.resolve("former.p12"))) {
      former.store(out, PASSWORD);
    }
    String said = importFormer("-destkeystore NONE");
    assertTrue(said.contains("4 entries successfully imported, 0 entries failed"), said);
    open(
        "NONE",
        keys -> {
          assertEquals(
              Set.copyOf(Collections.list(former.aliases())),
              Set.copyOf(Collections.list(keys.aliases())));
          signs(keys, "ec", former.getCertificate("ec").getPublicKey());
          signs(keys, "old-rsa", former.getCertificate("old-rsa").getPublicKey());
          assertEquals(former.getCertificate("old-rsa"), keys.getCertificate("old-rsa"));
          PrivateKey decrypting = (PrivateKey) keys.getKey("decrypts", null);
          assertNull(decrypting.getEncoded());
          Cipher encryption = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
          encryption.init(Cipher.ENCRYPT_MODE, former.getCertificate("decrypts").getPublicKey());
          Cipher decryption = Cipher.getInstance("RSA/ECB/PKCS1Padding", keys.getProvider());
          decryption.init(Cipher.DECRYPT_MODE, decrypting);
          assertArrayEquals(DATA, decryption.doFinal(encryption.doFinal(DATA)));
          SecretKey imported = (SecretKey) keys.getKey("macs", null);
          assertNull(imported.getEncoded());
          Mac ours = Mac.getInstance("HmacSHA256", keys.getProvider());
          ours.init(imported);
          Mac theirs = Mac.getInstance("HmacSHA256", "SunJCE");
          theirs.init(secret);
          assertArrayEquals(theirs.doFinal(DATA), ours.doFinal(DATA));
        });
  }

  @Test
  void importsNothingWhereItIsNotAllowed() throws Exception {
    Files.writeString(
        configuration, Files.readString(configuration).replace("backend.b.import = allow", ""));
    former("ec", "EC", "");
    String said = importFormer("-destkeystore NONE -srcalias ec");
    assertTrue(said.contains("Entry for alias ec not imported"), said);
    assertTrue(said.contains("set backend.b.import = allow"), said);
    open("NONE", keys -> assertEquals(0, keys.size()));
  }

  @Test
  void importsNoKeyIntoAFile() throws Exception {
    former("ec", "EC", "");
    genkeypair("web", store(file.toString()));
    String said = importFormer("-srcalias ec -destkeystore " + file);
    assertTrue(said.contains("references to keys of Keyhold"), said);
    open(file.toString(), keys -> assertEquals(List.of("web"), Collections.list(keys.aliases())));
  }

  /** The second key of a file has no name at the backend: a new file must not give it one. */
  @Test
  void makesAFileOfAFile() throws Exception {
    genkeypair("web", store(file.toString()));
    genkeypair("shop", store(file.toString()));
    List<String> before = new ArrayList<>();
    open("NONE", keys -> before.addAll(Collections.list(keys.aliases())));
    assertEquals(List.of("web"), before);
    Path copy = folder.resolve("copy.khks");
    String said = importFileInto("Keyhold", copy).successful();
    assertTrue(said.contains("2 entries successfully imported, 0 entries failed"), said);
    Certificate[] made = new Certificate[2];
    for (Path of : List.of(file, copy)) {
      open(
          of.toString(),
          keys -> {
            assertEquals(Set.of("web", "shop"), Set.copyOf(Collections.list(keys.aliases())));
            if (made[0] == null) {
              made[0] = keys.getCertificate("web");
              made[1] = keys.getCertificate("shop");
            }
            assertEquals(made[0], keys.getCertificate("web"));
            assertEquals(made[1], keys.getCertificate("shop"));
            signs(keys, "web", made[0].getPublicKey());
            signs(keys, "shop", made[1].getPublicKey());
          });
    }
    open("NONE", keys -> assertEquals(before, Collections.list(keys.aliases())));
  }

  /** keytool reads a source NONE for type PKCS11 only; Keyhold's command makes the file. */
  @Test
  void makesAFileOfTheBackendsKeys() throws Exception {
    genkeypair("web", store("NONE"));
    genkeypair("shop", store("NONE"));
    Jvm.Result refused =
        tools.run(
            "keytool",
            "-importkeystore -noprompt -srckeystore NONE -srcstoretype Keyhold -srcstorepass"
                + " changeit -deststoretype Keyhold -deststorepass changeit -destkeystore "
                + file);
    assertTrue(refused.output().contains("FileNotFoundException: NONE"), refused.output());
    Path password = Files.writeString(folder.resolve("file.secret"), "changeit\n");
    Jvm.run(
            "java",
            "-cp",
            Jvm.classPath(Jvm.distribution()),
            "dev.keyhold.cli.Main",
            "--config",
            configuration.toString(),
            "keystore",
            "export",
            file.toString(),
            "--alias",
            "web",
            "--password",
            "file:" + password)
        .successful();
    Certificate[] made = new Certificate[1];
    open("NONE", keys -> made[0] = keys.getCertificate("web"));
    open(
        file.toString(),
        keys -> {
          assertEquals(List.of("web"), Collections.list(keys.aliases()));
          assertEquals(made[0], keys.getCertificate("web"));
          signs(keys, "web", made[0].getPublicKey());
        });
  }

  @Test
  void takesNoKeyOutOfABackend() throws Exception {
    genkeypair("web", store(file.toString()));
    Path out = folder.resolve("out.p12");
    Jvm.Result refused = importFileInto("PKCS12", out);
    assertTrue(refused.output().contains("web not imported"), refused.output());
  }
}
