package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Applications and libraries as they are, each in a JVM of its own with its own class path, and the
 * call that its manual shows, with keys of the software backend.
 */
@Tag("apps")
@Timeout(300)
class ApplicationsTest {
  private static final String PASSWORD = "a password for tests";

  /** Where a library sets the parameters of a Signature before its key. */
  private static final String FIRST = "PS256";

  @TempDir static Path parent;

  private static Site site;
  private static Path folder;
  private static Path configuration;

  @BeforeAll
  static void open() throws Exception {
    site = Site.open(Place.SOFTWARE, parent);
    folder = site.folder();
    configuration = folder.resolve("keyhold.properties");
    CertificateAuthority.writePem(folder.resolve("root.pem"), site.authority().root());
    writeKeyStoreFile(folder.resolve("keys.khks"));
  }

  private static void writeKeyStoreFile(Path file) throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, PASSWORD.toCharArray());
    for (Scheme scheme : Scheme.values()) {
      keys.setKeyEntry(scheme.alias(), site.key(scheme), null, site.chain(scheme));
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      keys.store(out, PASSWORD.toCharArray());
    }
  }

  @AfterAll
  static void close() {
    site.close();
  }

  /** The subject of the server's certificate, after a handshake that checked it. */
  private static String handshake(int port, String... protocols) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) site.context("TLS", null).getSocketFactory().createSocket("localhost", port)) {
      socket.setSoTimeout(60_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setApplicationProtocols(protocols);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  private static void works(String client, String call) throws Exception {
    Compatibility.works(Place.SOFTWARE, new Row(Table.APPLICATIONS, client, call));
  }

  @ParameterizedTest
  @CsvSource({
    "libraries, TomcatServer.java, '', Tomcat, tomcat-embed-core, key store file",
    "vertx, VertxServer.java, unchanged, Vert.x, vertx-core, KeyStoreOptions with an alias and"
        + " keystore.type=KeyholdPKCS12",
    "vertx, VertxServer.java, factory, Vert.x, vertx-core, 'KeyCertOptions.wrap("
        + "KeyholdKeyManagers.factory(key, chain))'",
    "grpc, GrpcServer.java, unchanged, gRPC, grpc-netty, 'forServer(key, chain) with"
        + " keystore.type=KeyholdPKCS12'",
    "grpc, GrpcServer.java, factory, gRPC, grpc-netty, 'forServer(KeyholdKeyManagers.factory(key,"
        + " chain))'",
    "netty, NettyServer.java, unchanged, Netty, netty-handler, 'forServer(key, chain) with"
        + " keystore.type=KeyholdPKCS12'",
    "netty, NettyServer.java, factory, Netty, netty-handler,"
        + " 'forServer(KeyholdKeyManagers.factory(key, chain))'"
  })
  void aServerServes(
      String application, String program, String way, String name, String jar, String call)
      throws Exception {
    String classPath = ApplicationJvm.classPath(application);
    List<String> command = new ArrayList<>();
    command.add("-Dkeyhold.config=" + configuration);
    if (way.equals("unchanged")) {
      Path properties = folder.resolve("java.security");
      Files.writeString(properties, "keystore.type = KeyholdPKCS12\n");
      command.add("-Djava.security.properties=" + properties);
    }
    command.addAll(List.of("-cp", classPath, Jvm.program(program).toString(), folder.toString()));
    command.add(way);
    try (ApplicationJvm server = ApplicationJvm.start(command)) {
      assertEquals("CN=p256", handshake(server.port(), "h2", "http/1.1"));
    }
    assertAllAliasesAreThere();
    works(name + " " + ApplicationJvm.version(classPath, jar), call);
  }

  private static void assertAllAliasesAreThere() throws Exception {
    try (KeyholdProvider fresh = new KeyholdProvider().configure(configuration.toString())) {
      KeyStore keys = KeyStore.getInstance("Keyhold", fresh);
      keys.load(null, null);
      Set<String> expected = new TreeSet<>();
      for (Scheme scheme : Scheme.values()) {
        expected.add(scheme.alias());
      }
      assertEquals(expected, new TreeSet<>(Collections.list(keys.aliases())));
    }
  }

  @Test
  void springBootServesFromAJarOfJars() throws Exception {
    Path jar = ApplicationJvm.folder("boot-web").resolve("target/boot-web-0.1.0.jar");
    String version = ApplicationJvm.version(ApplicationJvm.classPath("boot-web"), "spring-boot");
    List<String> command =
        List.of(
            "-Dkeyhold.config=" + configuration,
            "-jar",
            jar.toString(),
            "--KEYSTORE_FOLDER=" + folder);
    try (ApplicationJvm server = ApplicationJvm.start(command)) {
      assertEquals("CN=p256", handshake(server.port(), "http/1.1"));
    }
    works("Spring Boot " + version, "SSL bundle of a key store file, in a jar of jars");
  }

  @Test
  void kafkasEnginesShakeHands() throws Exception {
    String output =
        ApplicationJvm.run("kafka", configuration, "KafkaEngines.java", List.of(), folder);
    assertTrue(output.contains("OK CN="), output);
    works(
        "Kafka " + ApplicationJvm.version(ApplicationJvm.classPath("kafka"), "kafka-clients"),
        "DefaultSslEngineFactory with a key store file, both sides");
  }

  @Test
  void httpClientShowsItsCertificate() throws Exception {
    String output;
    try (TlsServer server = TlsServer.Kind.JDK.start(site, Scheme.P256)) {
      Files.writeString(folder.resolve("port"), Integer.toString(server.port()));
      output =
          ApplicationJvm.run("libraries", configuration, "HttpClient5.java", List.of(), folder);
    }
    assertTrue(output.contains("OK CN=p384"), output);
    works(
        "HttpClient "
            + ApplicationJvm.version(ApplicationJvm.classPath("libraries"), "httpclient5"),
        "SSLContextBuilder.loadKeyMaterial(file, …)");
  }

  /** Where a library casts the key to an interface with the private exponent, it can't sign. */
  @Test
  void librariesSignTokens() throws Exception {
    String output =
        ApplicationJvm.run("libraries", configuration, "Tokens.java", List.of(), folder);
    assertTrue(output.strip().endsWith("OK"), output);
    Map<String, String> results = new LinkedHashMap<>();
    output
        .lines()
        .map(line -> line.split("\t", -1))
        .filter(parts -> parts[0].equals("RESULT"))
        .forEach(parts -> results.put(parts[1], parts[2]));
    assertEquals(8, results.size(), output);
    for (Map.Entry<String, String> result : results.entrySet()) {
      boolean casts = result.getKey().startsWith("java-jwt");
      boolean refused = result.getValue().startsWith("ClassCastException");
      String expected = result.getKey().endsWith(FIRST) ? "Keyhold first" : Compatibility.YES;
      assertTrue(casts ? refused : result.getValue().equals(expected), result.toString());
      String[] words = result.getKey().split(" ", 2);
      Compatibility.is(
          Place.SOFTWARE,
          new Row(
              Table.APPLICATIONS,
              words[0]
                  + " "
                  + ApplicationJvm.version(ApplicationJvm.classPath("libraries"), jar(words[0])),
              words[1]),
          casts ? "no: casts the key" : expected);
    }
  }

  private static String jar(String library) {
    return library.equals("jjwt") ? "jjwt-api" : library;
  }
}
