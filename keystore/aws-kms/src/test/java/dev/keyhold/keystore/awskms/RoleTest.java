package dev.keyhold.keystore.awskms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The option role: a stub of AWS STS and KMS in one. */
class RoleTest {
  private static final String ROLE = "arn:aws:iam::111122223333:role/keyhold";
  private static final String STS_ENDPOINT = "aws.endpointUrlSts";
  private static final String GIVEN =
      """
      <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
      <Credentials><AccessKeyId>ASIAOFTHEROLE0000000</AccessKeyId>
      <SecretAccessKey>secret-of-the-role</SecretAccessKey><SessionToken>token</SessionToken>
      <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
      </AssumeRoleResult></AssumeRoleResponse>
      """;
  private static final String KEY = KmsStub.described("k", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");

  private final List<String> signers = new CopyOnWriteArrayList<>();
  private int stsStatus = 200;
  private String stsAnswer = GIVEN;
  private HttpServer server;
  private String endpoint;
  private Backend backend;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
    System.setProperty(STS_ENDPOINT, endpoint);
    System.setProperty("aws.accessKeyId", "AKIAIOSFODNN7EXAMPLE");
    System.setProperty("aws.secretAccessKey", "secret-of-the-caller");
    backend = backend();
  }

  private Backend backend() {
    return new AwsKmsBackend(
        new AwsKmsOptions(
            Optional.of("eu-west-1"),
            Optional.of(URI.create(endpoint)),
            Optional.empty(),
            Optional.of(ROLE),
            List.of(),
            false,
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60)));
  }

  @AfterEach
  void stop() {
    backend.close();
    server.stop(0);
    System.clearProperty(STS_ENDPOINT);
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    boolean kms = exchange.getRequestHeaders().getFirst("X-Amz-Target") != null;
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    signers.add((kms ? "kms " : "sts ") + authorization.replaceAll(".*Credential=(\\w+)/.*", "$1"));
    byte[] body = (kms ? KEY : stsAnswer).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(kms ? 200 : stsStatus, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private BackendException failure() {
    BackendException e = assertThrows(BackendException.class, () -> backend.identity("orders"));
    assertFalse(e.getMessage().contains("secret-of"), e.getMessage());
    return e;
  }

  @Test
  void requestsAreSignedWithTheRolesCredentialsWhichAreAskedForOnce() throws BackendException {
    backend.describe("orders");
    backend.identity("other");
    assertEquals(
        List.of("sts AKIAIOSFODNN7EXAMPLE", "kms ASIAOFTHEROLE0000000"), signers.subList(0, 2));
    assertEquals(1, signers.stream().filter(signer -> signer.startsWith("sts")).count());
  }

  @Test
  void aRoleThatMayNotBeAssumedIsDeniedAndNamed() {
    stsStatus = 403;
    stsAnswer =
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User is not authorized</Message></Error>"
            + "<RequestId>r-1</RequestId></ErrorResponse>";
    BackendException e = failure();
    assertEquals(Reason.DENIED, e.reason());
    assertTrue(e.getMessage().contains(ROLE), e.getMessage());
    assertTrue(e.getMessage().contains("sts:AssumeRole"), e.getMessage());
    assertTrue(e.getMessage().contains("r-1"), e.getMessage());
  }

  @Test
  void callersThatAwsDoesNotKnowAreMisconfigured() {
    stsStatus = 403;
    stsAnswer =
        "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>x</Message></Error></ErrorResponse>";
    assertEquals(Reason.MISCONFIGURED, failure().reason());
  }

  @Test
  void anStsThatIsOutOfReachIsUnavailable() {
    server.stop(0);
    BackendException e = failure();
    assertEquals(Reason.UNAVAILABLE, e.reason());
    assertTrue(e.getMessage().contains("STS"), e.getMessage());
  }

  @Test
  void anStsThatFailsIsUnavailable() {
    stsStatus = 503;
    stsAnswer = "<ErrorResponse><Error><Code>ServiceUnavailable</Code></Error></ErrorResponse>";
    assertEquals(Reason.UNAVAILABLE, failure().reason());
  }
}
