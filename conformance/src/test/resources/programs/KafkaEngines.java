import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.Security;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/** Kafka's TLS engines with a key store file, one against the other. Argument: its folder. */
public class KafkaEngines {
  private static final String PASSWORD = "a password for tests";

  public static void main(String[] args) throws Exception {
    Security.addProvider(new dev.keyhold.KeyholdProvider());
    Path folder = Path.of(args[0]);
    try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
      Map<String, Object> settings = new HashMap<>();
      settings.put(SslConfigs.SSL_PROTOCOL_CONFIG, "TLSv1.3");
      settings.put(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG, List.of("TLSv1.3"));
      settings.put(SslConfigs.SSL_CIPHER_SUITES_CONFIG, List.of());
      settings.put(SslConfigs.SSL_KEYMANAGER_ALGORITHM_CONFIG, "SunX509");
      settings.put(SslConfigs.SSL_TRUSTMANAGER_ALGORITHM_CONFIG, "PKIX");
      settings.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "Keyhold");
      settings.put(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, folder.resolve("keys.khks").toString());
      settings.put(SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG, new Password(PASSWORD));
      settings.put(SslConfigs.SSL_KEY_PASSWORD_CONFIG, new Password(PASSWORD));
      settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      settings.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, folder.resolve("root.pem").toString());
      settings.put("ssl.client.auth", "required");
      factory.configure(settings);
      SSLEngine client = factory.createClientSslEngine("localhost", 9093, "HTTPS");
      SSLEngine server = factory.createServerSslEngine("localhost", 9093);
      handshake(client, server);
      System.out.println(
          "OK "
              + client.getSession().getPeerPrincipal()
              + " "
              + server.getSession().getPeerPrincipal());
    }
  }

  private static void handshake(SSLEngine client, SSLEngine server) throws Exception {
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    client.beginHandshake();
    server.beginHandshake();
    for (int i = 0; i < 100 && !(isDone(client) && isDone(server)); i++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
    }
    if (!isDone(client) || !isDone(server)) {
      throw new AssertionError("no handshake");
    }
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
        && Set.of("TLSv1.3").contains(engine.getSession().getProtocol());
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws Exception {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
        default -> {
          in.flip();
          SSLEngineResult result = engine.unwrap(in, ByteBuffer.allocate(1 << 16));
          in.compact();
          if (result.bytesConsumed() == 0
              && engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK
              && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
            return;
          }
        }
      }
    }
  }
}
