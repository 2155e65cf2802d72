package dev.keyhold.custody.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.admin.Administration;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The custodian as a process, and how its log begins. */
class CustodianCommandTest {
  private static final String WRAP =
      "{\"key\":\"orders\",\"access\":\"00112233445566778899aabbccddeeff\",\"context\":{\"a\":\"b\"}}";

  @TempDir Path temp;

  /** What a command printed. */
  private record Result(int code, String out, String err) {}

  private static Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Result(code, out.toString(), err.toString());
  }

  private static String read(BufferedReader out, String wanted) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      text.append(line).append('\n');
      if (line.contains(wanted)) {
        return text.toString();
      }
    }
    throw new AssertionError("the process ended: " + text);
  }

  private Process dev(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            "--dev",
            "--folder",
            folder.toString(),
            "--port",
            "0")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String wrap(Properties client) throws Exception {
    HttpClient http = HttpClient.newBuilder().sslContext(tls(client)).build();
    byte[] json = WRAP.getBytes(StandardCharsets.UTF_8);
    byte[] body = ByteBuffer.allocate(4 + json.length + 32).putInt(json.length).put(json).array();
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(client.getProperty("backend.custodian.url") + "/v1/wrap"))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    return new String(answer.body(), 4, answer.body().length - 4, StandardCharsets.UTF_8);
  }

  private static X509Certificate certificate(String file) throws Exception {
    try (var in = Files.newInputStream(Path.of(file))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static SSLContext tls(Properties client) throws Exception {
    String keyFile = client.getProperty("backend.custodian.client-key").substring("file:".length());
    PrivateKey key;
    try (PEMParser parser = new PEMParser(Files.newBufferedReader(Path.of(keyFile)))) {
      key = new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) parser.readObject());
    }
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    X509Certificate certificate =
        certificate(client.getProperty("backend.custodian.client-certificate"));
    own.setKeyEntry("client", key, new char[0], new X509Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", certificate(client.getProperty("backend.custodian.ca")));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private String startWrapAndKill(Path folder) throws Exception {
    Process process = dev(folder);
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String printed = read(out, "Serving workloads on port");
      Properties client = new Properties();
      client.load(new StringReader(printed));
      return wrap(client);
    } finally {
      process.destroyForcibly();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void aDevelopersLogIsServedWithDevOnly() throws Exception {
    DevFolder made = new DevFolder(temp.resolve("dev"));
    made.make(0, 0);

    Result refused = run("run", "--config", made.configuration().toString());

    assertFalse(refused.code() == 0);
    assertTrue(refused.err().contains("run --dev"), refused.err());
    try (Custodian custodian = Custodian.start(made.configuration(), false, true)) {
      assertTrue(custodian.libraryPort() > 0);
    }
  }

  @Test
  void aDeveloperStartsOneCommandAndUsesWhatItPrints() throws Exception {
    Path folder = temp.resolve("dev");
    String first = startWrapAndKill(folder);
    assertTrue(first.contains("\"wrapped\":{"), first);
    assertTrue(first.contains("\"mode\":\"DEV\""), first);
    String second = startWrapAndKill(folder); // after kill -9, with all that was made
    assertTrue(second.contains("\"wrapped\":{"), second);
  }

  @Test
  void devTakesNoBackendButSoftware() throws Exception {
    Path folder = temp.resolve("dev");
    new DevFolder(folder).make(0, 0);
    Files.writeString(
        folder.resolve("keyhold.properties"),
        """
        backend.local.type     = software
        backend.local.file     = keys.keyhold
        backend.local.password = file:password.txt
        backend.aws.type       = aws-kms
        backend.aws.region     = eu-west-1
        key.*                  = local
        """);
    Result result = run("run", "--dev", "--folder", folder.toString());
    assertEquals(3, result.code, result.err);
    assertTrue(result.err.contains("aws is of type aws-kms"), result.err);
  }

  @Test
  void aLogBeginsWithItsKeyAndThenItsSignedCharter() throws Exception {
    Files.writeString(temp.resolve("password.txt"), "correct horse\n");
    Path backends = temp.resolve("keyhold.properties");
    Files.writeString(
        backends,
        """
        backend.local.type = software
        backend.local.file = keys.keyhold
        backend.local.password = file:password.txt
        key.* = local
        """);
    try (Administration administration = Administration.open(backends.toString())) {
      administration
          .backend("local")
          .key("seal")
          .create(KeySpec.AES_256, Purpose.ENCRYPT, Map.of());
    }
    DevAuthority authority = DevAuthority.create("CA");
    DevAuthority.Certified server = authority.server("localhost");
    Files.writeString(temp.resolve("server.pem"), DevAuthority.pem(server.certificate()));
    Files.writeString(temp.resolve("server-key.pem"), DevAuthority.pem(server.key()));
    Path config = temp.resolve("custodian.properties");
    String lines =
        """
        include = keyhold.properties
        custodian.origin = custody.example/a1
        listen.library = 127.0.0.1:0
        listen.people = 127.0.0.1:0
        listen.certificate = server.pem
        listen.key = server-key.pem
        log.folder = log
        log.mirror = mirror
        log.key = seal
        log.reserve = 1MiB
        """;
    Files.writeString(config, lines);

    Result first = run("init", "--config", config.toString());

    assertEquals(0, first.code, first.err);
    String logLine = first.out.lines().findFirst().orElseThrow();
    assertTrue(logLine.startsWith("log custody.example/a1 custody.example/a1+"), logLine);
    assertEquals(
        logLine, run("init", "--config", config.toString()).out.lines().findFirst().orElseThrow());
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    NoteSigner owner = NoteSigner.of(VerifierKey.of("owner", pair.getPublic()), pair.getPrivate());
    Charter charter =
        Charter.parse(
            "keyhold.dev/charter@v1\nname acme\nversion 1\nowners 1 of owner\n"
                + logLine
                + "\nperson owner "
                + owner.verifierKey()
                + "\n");
    Path note = temp.resolve("charter.note");
    Files.write(note, new Note(charter.text(), List.of(owner.sign(charter.text()))).toBytes());
    Files.writeString(config, lines + "charter.pin = sha256:" + "0".repeat(64) + "\n");
    Result otherPin = run("init", "--config", config.toString(), "--charter", note.toString());
    assertEquals(1, otherPin.code);
    assertFalse(Files.exists(temp.resolve("log")));
    Files.writeString(config, lines + "charter.pin = " + charter.id() + "\n");
    Result begun = run("init", "--config", config.toString(), "--charter", note.toString());
    assertEquals(0, begun.code, begun.err);

    try (Custodian custodian = Custodian.start(config, false, false)) {
      assertEquals(1, custodian.gate().charter().version());
      Result again = run("run", "--config", config.toString());
      assertEquals(1, again.code);
      assertTrue(again.err.contains("in use by another process"), again.err);
    }
    Result twice = run("init", "--config", config.toString(), "--charter", note.toString());
    assertTrue(twice.err.contains("is not empty"), twice.err);
  }

  @Test
  void aBadConfigurationIsRefusedWithItsLine() throws Exception {
    Path config = temp.resolve("custodian.properties");
    for (Map.Entry<String, String> bad :
        Map.of(
                "log.fodler = x\n", "line 1: log.fodler is not a property of a custodian",
                "\nlog.folder =\n", "line 2: log.folder has no value",
                "log.folder = a\nlog.folder = b\n", "line 2: log.folder is set in line 1",
                "log.reserve = 5\n", "include is missing")
            .entrySet()) {
      Files.writeString(config, bad.getKey());
      Result result = run("run", "--config", config.toString());
      assertEquals(3, result.code, result.err);
      assertTrue(result.err.contains(bad.getValue()), result.err);
    }
    assertEquals(2, run("run").code);
  }
}
