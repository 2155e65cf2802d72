import java.nio.file.Files;
import java.nio.file.Path;
import java.io.InputStream;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * Apache Kafka's server in KRaft mode, by a file of properties as its scripts read it. Argument:
 * the folder of {@code server.properties}. Ends when its input does.
 */
public class KafkaBroker {
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0], "server.properties");
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    }
    String[] format = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
    if (StorageTool.execute(format, System.out) != 0) {
      throw new AssertionError("not formatted");
    }
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
    server.startup();
    System.out.println("PORT " + properties.getProperty("test.port"));
    System.in.read();
    server.shutdown();
    server.awaitShutdown();
  }
}
