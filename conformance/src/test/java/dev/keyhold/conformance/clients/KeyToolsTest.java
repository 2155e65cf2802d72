package dev.keyhold.conformance.clients;

import static dev.keyhold.conformance.clients.JdkTools.store;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's keytool and jarsigner, as processes, with private keys that stay in a backend. */
@ParameterizedClass
@EnumSource(Place.class)
class KeyToolsTest {
  private static final String FILE = "file of aliases";
  private static final String LIVE = "-keystore NONE";
  private static final String JARSIGNER = "jarsigner, verified without Keyhold";

  @TempDir Path folder;
  @Parameter Place place;

  private JdkTools tools;

  @BeforeEach
  void configure() throws Exception {
    Path configuration = place.open(folder).line("generate = b").write();
    tools = new JdkTools(folder, configuration);
  }

  private Jvm.Result tool(String tool, String command) throws Exception {
    return tools.run(tool, command);
  }

  private String keytool(String command) throws Exception {
    return tools.keytool(command);
  }

  private void works(String tool, String what) throws Exception {
    is(tool, what, Compatibility.YES);
  }

  private void is(String tool, String what, String result) throws Exception {
    Compatibility.is(place, new Row(Table.TOOLS, tool, what), result);
  }

  /** A file that keytool makes; where it can make no keys, the keys of the backend. */
  private String usualStore() {
    return store(place == Place.GOOGLE_KMS ? "NONE" : folder.resolve("aliases.khks").toString());
  }

  private String usual() {
    return place == Place.GOOGLE_KMS ? LIVE : FILE;
  }

  /** A service holds a key to one digest, and the JDK may go for another. */
  private String sigalg(String algorithm) {
    return place.keepsCertificates() ? "" : " -sigalg SHA256with" + algorithm + " ";
  }

  private void generate(String alias, String algorithm, String size, String store)
      throws Exception {
    if (place == Place.GOOGLE_KMS) {
      generateByProgram(alias, algorithm);
    } else {
      keytool(genkeypair(alias, algorithm, size) + store + sigalg(algorithm));
      String where = store.contains("NONE") ? LIVE : FILE;
      works("keytool -genkeypair", algorithm + ", " + where);
    }
  }

  private static String genkeypair(String alias, String algorithm, String size) {
    return "-genkeypair -alias %s -keyalg %s %s -dname CN=%s -ext bc:c -keypass changeit"
        .formatted(alias, algorithm.equals("ECDSA") ? "EC" : algorithm, size, alias);
  }

  /** What a program finds there; null for no such alias. */
  private Certificate certificate(String alias, String store) throws Exception {
    String configuration = folder.resolve("keyhold.properties").toString();
    try (KeyholdProvider provider = new KeyholdProvider().configure(configuration)) {
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      if (store.equals(store("NONE"))) {
        keys.load(null, null);
      } else {
        try (InputStream in = Files.newInputStream(folder.resolve("aliases.khks"))) {
          keys.load(in, "changeit".toCharArray());
        }
      }
      return keys.getCertificate(alias);
    }
  }

  private void generateByProgram(String alias, String algorithm) throws Exception {
    String file = folder.resolve("keyhold.properties").toString();
    try (KeyholdProvider provider = new KeyholdProvider().configure(file)) {
      boolean isRsa = algorithm.equals("RSA");
      KeyPairGenerator generator = KeyPairGenerator.getInstance(isRsa ? "RSA" : "EC", provider);
      generator.initialize(
          new KeyholdGenParameterSpec.Builder(alias).keySize(isRsa ? 2048 : 256).build());
      generator.generateKeyPair();
    }
  }

  @Test
  void aKeyIsMadeCertifiedAndSignsAJar() throws Exception {
    String store = usualStore();
    generate("ca", "ECDSA", "-groupname secp256r1", store);
    generate("code", "ECDSA", "-groupname secp256r1", store);
    selfSign(store);

    Path issued = folder.resolve("issued.pem");
    Path request = request(store);
    keytool(
        "-gencert -rfc -alias ca -ext eku=codeSigning -infile %s -outfile %s"
                .formatted(request, issued)
            + store
            + sigalg("ECDSA"));
    works("keytool -gencert", usual());
    Path root = folder.resolve("root.pem");
    keytool("-exportcert -rfc -alias ca -file " + root + store);
    works("keytool -exportcert", usual());
    Path chain = folder.resolve("chain.pem");
    Files.writeString(chain, Files.readString(issued) + Files.readString(root));
    if (place == Place.GOOGLE_KMS) {
      signsAJar("ca", "ECDSA", store, certificate("ca", store)); // the chain has no place here
      works(JARSIGNER, "ECDSA, " + LIVE);
      return;
    }
    keytool("-importcert -noprompt -alias code -file " + chain + store);
    works("keytool -importcert", FILE);
    String listed = keytool("-list -v -alias code" + store);
    assertTrue(listed.contains("PrivateKeyEntry"), listed);
    assertTrue(listed.contains("Certificate chain length: 2"), listed);
    works("keytool -list", FILE);

    signsAJar("code", "ECDSA", store, certificate("ca", store));
    works(JARSIGNER, "ECDSA, " + FILE);
    keytool("-delete -alias code" + store);
    assertNull(certificate("code", store));
    works("keytool -delete", FILE);
  }

  private void selfSign(String store) throws Exception {
    String command = "-selfcert -alias code" + store + sigalg("ECDSA");
    if (place == Place.GOOGLE_KMS) {
      Jvm.Result refused = tool("keytool", command);
      assertTrue(refused.output().contains("keeps no certificates"), refused.output());
      is("keytool -selfcert", LIVE, "no: `key.<alias>.certificates`");
    } else {
      keytool(command);
      works("keytool -selfcert", FILE);
    }
  }

  /** Without -sigalg; where that is refused, the error says which is right. */
  private Path request(String store) throws Exception {
    Path request = folder.resolve("request.pem");
    String command = "-certreq -alias code -file " + request + store;
    Jvm.Result result = tool("keytool", command);
    if (result.exitCode() == 0) {
      works("keytool -certreq", usual());
    } else {
      assertTrue(result.output().contains("-sigalg SHA256withECDSA"), result.output());
      keytool(command + sigalg("ECDSA"));
      is("keytool -certreq", usual(), "-sigalg");
    }
    return request;
  }

  private void signsAJar(String alias, String algorithm, String store, Certificate root)
      throws Exception {
    Path jar = folder.resolve("signed.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), new Manifest())) {
      out.putNextEntry(new JarEntry("content.txt"));
      out.write("content".getBytes(StandardCharsets.US_ASCII));
    }
    tool("jarsigner", store + sigalg(algorithm) + jar + " " + alias).successful();
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", root);
    Path trust = folder.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(trust)) {
      trusted.store(out, "changeit".toCharArray());
    }
    String command = "-verify -strict -storepass changeit -keystore " + trust + " " + jar;
    String verified = Jvm.run("jarsigner", command.split(" ", -1)).output(); // has no Keyhold
    assertTrue(verified.contains("jar verified"), verified);
  }

  @Test
  void anRsaKeySignsAJar() throws Exception {
    generate("rsa", "RSA", "-keysize 2048", usualStore());
    signsAJar("rsa", "RSA", usualStore(), certificate("rsa", usualStore()));
    works(JARSIGNER, "RSA, " + usual());
  }

  @Test
  void theBackendsKeysThemselves() throws Exception {
    String store = store("NONE");
    if (place == Place.GOOGLE_KMS) {
      Jvm.Result refused =
          tool(
              "keytool",
              genkeypair("web", "ECDSA", "-groupname secp256r1") + store + sigalg("ECDSA"));
      assertTrue(refused.output().contains("is permanent"), refused.output());
      is("keytool -genkeypair", "ECDSA, " + LIVE, "no: names are permanent");
    }
    generate("web", "ECDSA", "-groupname secp256r1", store);
    String listed = keytool("-list" + store);
    assertTrue(listed.contains("web, ") && listed.contains("PrivateKeyEntry"), listed);
    works("keytool -list", LIVE);
    importsAChain(store);
    Jvm.Result deleted = tool("keytool", "-delete -alias web" + store);
    if (place == Place.GOOGLE_KMS) {
      assertTrue(deleted.exitCode() != 0, deleted.output());
      is("keytool -delete", LIVE, "no: names are permanent");
    } else {
      assertEquals(0, deleted.exitCode(), deleted.output());
      assertNull(certificate("web", store));
      works("keytool -delete", LIVE);
    }
  }

  /** A service that keeps no certificates refuses, and says where they go. */
  private void importsAChain(String store) throws Exception {
    Path chain = folder.resolve("chain.pem");
    CertificateAuthority.writePem(
        chain, new CertificateAuthority().issue("web", certificate("web", store).getPublicKey()));
    Jvm.Result result = tool("keytool", "-importcert -noprompt -alias web -file " + chain + store);
    if (place.keepsCertificates()) {
      assertEquals(0, result.exitCode(), result.output());
      X509Certificate now = (X509Certificate) certificate("web", store);
      assertEquals("CN=intermediate", now.getIssuerX500Principal().getName());
      works("keytool -importcert", LIVE);
    } else {
      assertTrue(result.exitCode() != 0, result.output());
      assertTrue(result.output().contains("certificates"), result.output());
      is("keytool -importcert", LIVE, "no: `key.<alias>.certificates`");
    }
  }
}
