package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.conformance.SoftHsm;
import dev.keyhold.keystore.Purpose;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A TLS server that is given a key store of type Keyhold and no alias, with each of the JDK's
 * factories of key managers.
 */
@Timeout(300)
class ServerWithoutAliasTest {
  private static final List<String> FACTORIES = List.of("SunX509", "NewSunX509");

  @TempDir Path folder;

  private static Stream<Arguments> placesAndSchemes() {
    return Stream.of(Place.SOFTWARE, Place.PKCS11, Place.AWS_KMS) // Google's keys do not agree
        .flatMap(
            place ->
                Stream.of(Scheme.P256, Scheme.RSA_PSS).map(scheme -> Arguments.of(place, scheme)));
  }

  @ParameterizedTest
  @MethodSource("placesAndSchemes")
  void choosesNoKeyThatAgreesOrDecrypts(Place place, Scheme signing) throws Exception {
    try (Site site = Site.of(place, folder, place.open(folder), signing)) {
      List<String> others = List.of("a-agrees", "a-decrypts", "z-agrees", "z-decrypts");
      for (String alias : others) {
        boolean agrees = alias.endsWith("agrees");
        KeyPairGenerator generator =
            KeyPairGenerator.getInstance(agrees ? "EC" : "RSA", Security.getProvider("Keyhold"));
        generator.initialize(
            new KeyholdGenParameterSpec.Builder(alias)
                .purposes(agrees ? Purpose.AGREE : Purpose.DECRYPT)
                .keySize(agrees ? 256 : 2048)
                .build());
        generator.generateKeyPair();
      }
      assertTrue(Collections.list(keyStore().aliases()).containsAll(others));
      assertServes(site, signing);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOFTWARE, P256", "SOFTWARE, P384", "PKCS11, P256", "PKCS11, P384",
    "AWS_KMS, P256", "AWS_KMS, P384", "GOOGLE_KMS, P256", "GOOGLE_KMS, P384"
  })
  void theConfigurationLimitsTheChoice(Place place, Scheme shown) throws Exception {
    KeyholdConfig config = place.open(folder);
    Site site = Site.of(place, folder, config, Scheme.P256, Scheme.P384);
    site.close();
    try (KeyholdProvider provider = config.line("keystore.aliases = " + shown.alias()).provider()) {
      Security.addProvider(provider);
      KeyStore keys = keyStore();
      assertEquals(List.of(shown.alias()), Collections.list(keys.aliases()));
      Scheme hidden = shown == Scheme.P256 ? Scheme.P384 : Scheme.P256;
      assertNull(keys.getKey(hidden.alias(), null));
      assertFalse(keys.containsAlias(hidden.alias()));
      assertServes(site, shown);
    } finally {
      Security.removeProvider("Keyhold");
    }
  }

  /** What a backend beside the one that serves suffers. */
  enum Fault {
    REFUSES_CONNECTIONS,
    NEVER_ANSWERS,
    HAS_NO_TOKEN,
    HAS_NO_FILE
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aDeadBackendBesideDoesNotStopIt(Fault fault) throws Exception {
    Place place = Place.SOFTWARE;
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      KeyholdConfig config = place.open(folder).line("key.a-* = dead");
      switch (fault) {
        case REFUSES_CONNECTIONS, NEVER_ANSWERS ->
            config
                .line("backend.dead.type = aws-kms")
                .line("backend.dead.region = eu-west-1")
                .line(
                    "backend.dead.endpoint = http://127.0.0.1:"
                        + (fault == Fault.NEVER_ANSWERS ? silent.getLocalPort() : closedPort()))
                .line("backend.dead.deadline = 2s");
        case HAS_NO_TOKEN ->
            config
                .line("backend.dead.type = pkcs11")
                .line("backend.dead.library = " + library())
                .line("backend.dead.token = gone")
                .line("backend.dead.pin = file:b.secret");
        case HAS_NO_FILE ->
            config
                .line("backend.dead.type = software")
                .line("backend.dead.file = gone/dead.keyhold")
                .line("backend.dead.password = file:b.secret");
      }
      try (Site site = Site.of(place, folder, config, Scheme.P256)) {
        assertEquals(List.of("p256"), Collections.list(keyStore().aliases()));
        assertServes(site, Scheme.P256);
      }
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String library() {
    return SoftHsm.newToken("dead").library().toString();
  }

  private static KeyStore keyStore() throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, null);
    return keys;
  }

  private static void assertServes(Site site, Scheme expected) throws Exception {
    for (String name : FACTORIES) {
      KeyManagerFactory factory = KeyManagerFactory.getInstance(name);
      factory.init(keyStore(), new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), null, new SecureRandom());
      try (JdkServer server = new JdkServer(context)) {
        for (Protocol protocol : Protocol.values()) {
          SSLContext client = site.context(protocol.jdkName(), null);
          try (SSLSocket socket =
              (SSLSocket) client.getSocketFactory().createSocket("localhost", server.port())) {
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            assertEquals(
                "CN=" + expected.alias(),
                shown.getSubjectX500Principal().getName(),
                name + ", " + protocol);
          }
        }
      }
    }
  }
}
