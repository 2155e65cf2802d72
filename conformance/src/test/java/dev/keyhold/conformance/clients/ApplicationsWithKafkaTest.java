package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.Ports;
import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server of Apache Kafka and its clients, over TLS with certificates on both sides: nothing but
 * settings names Keyhold, and the key store files are those of the command line.
 */
@Tag("apps")
@Timeout(300)
class ApplicationsWithKafkaTest {
  @TempDir Path folder;

  @Test
  void aBrokerServesAClient() throws Exception {
    Path launcher = Jvm.distribution().resolveSibling("bin").resolve("keyhold");
    String classPath = ApplicationJvm.classPath("kafka-broker");
    int clients = Ports.free();
    int controllers = Ports.free();
    try (Site site =
        Site.of(Place.SOFTWARE, folder, Place.SOFTWARE.open(folder), Scheme.P256, Scheme.P384)) {
      Path configuration = folder.resolve("keyhold.properties");
      CertificateAuthority.writePem(folder.resolve("root.pem"), site.authority().root());
      Files.writeString(folder.resolve("password"), "a password for tests");
      export(launcher, configuration, "broker.khks", Scheme.P256);
      export(launcher, configuration, "client.khks", Scheme.P384);
      writeServer(clients, controllers);
      Path security = Jvm.javaSecurity(folder, 99, configuration);
      List<String> options = List.of("-Djava.security.properties=" + security);
      List<String> command = new ArrayList<>(options);
      command.addAll(List.of("-cp", classPath, Jvm.program("KafkaBroker.java").toString()));
      command.add(folder.toString());
      try (ApplicationJvm broker = ApplicationJvm.start(command)) {
        writeClient(broker.port());
        String output =
            ApplicationJvm.run("kafka-broker", configuration, "KafkaClient.java", options, folder);
        assertTrue(output.strip().endsWith("OK one"), output);
      }
    }
    Compatibility.works(
        Place.SOFTWARE,
        new Row(
            Table.APPLICATIONS,
            "Kafka " + ApplicationJvm.version(classPath, "kafka-clients"),
            "broker in KRaft mode, producer and consumer, ssl.keystore.type=Keyhold"));
  }

  private void export(Path launcher, Path configuration, String file, Scheme scheme)
      throws Exception {
    Process process =
        new ProcessBuilder(
                launcher.toString(),
                "keystore",
                "export",
                folder.resolve(file).toString(),
                "--config=" + configuration,
                "--password=file:" + folder.resolve("password"),
                "--alias=" + scheme.alias())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private List<String> tls(String keyStore) {
    return List.of(
        "ssl.keystore.type=Keyhold",
        "ssl.keystore.location=" + folder.resolve(keyStore),
        "ssl.keystore.password=a password for tests",
        "ssl.key.password=a password for tests",
        "ssl.truststore.type=PEM",
        "ssl.truststore.location=" + folder.resolve("root.pem"));
  }

  private void writeServer(int port, int controllerPort) throws Exception {
    List<String> lines = new ArrayList<>(tls("broker.khks"));
    lines.addAll(
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@localhost:" + controllerPort,
            "listeners=SSL://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort,
            "advertised.listeners=SSL://localhost:" + port,
            "listener.security.protocol.map=SSL:SSL,CONTROLLER:SSL",
            "controller.listener.names=CONTROLLER",
            "inter.broker.listener.name=SSL",
            "ssl.client.auth=required",
            "offsets.topic.replication.factor=1",
            "log.dirs=" + folder.resolve("logs"),
            "test.port=" + port));
    Files.write(folder.resolve("server.properties"), lines);
  }

  private void writeClient(int port) throws Exception {
    List<String> lines = new ArrayList<>(tls("client.khks"));
    lines.add("bootstrap.servers=localhost:" + port);
    lines.add("security.protocol=SSL");
    Files.write(folder.resolve("client.properties"), lines);
  }
}
