package dev.keyhold.custody.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.server.command.DevAuthority;
import dev.keyhold.custody.server.gate.TestCustody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who a client is, and who it is not. */
class IdentityTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path temp;
  private TestWire wire;

  @BeforeEach
  void open() throws Exception {
    wire = new TestWire(temp, TestCustody.RULES);
  }

  @AfterEach
  void close() throws Exception {
    wire.close();
  }

  private static GeneralName uri(String name) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, name);
  }

  private static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  private TestWire.Answer list(DevAuthority.Certified certified, X509Certificate... more)
      throws Exception {
    return wire.ask(wire.client(certified, more), "list", "{}");
  }

  @Test
  void whoHasOneNameOfAPinnedCaIsServed() throws Exception {
    assertEquals(200, list(wire.authority.client(TestCustody.API)).status());
    assertEquals(
        200,
        list(wire.authority.client(DAY, uri(TestCustody.API), dns("api.acme.example"))).status());
  }

  @Test
  void anyOtherCertificateIsDeniedWithTheReason() throws Exception {
    DevAuthority ca = wire.authority;
    DevAuthority other = DevAuthority.create("acme CA");
    Map<String, DevAuthority.Certified> denied =
        Map.of(
            "no URI name and one DNS name", ca.client(DAY),
            "has one URI name", ca.client(DAY, uri(TestCustody.API), uri(TestCustody.REPORTS)),
            "spiffe://<domain>/<path>", ca.client(DAY, uri("https://acme/ns/pay/sa/api")),
            "it has 2 DNS names", ca.client(DAY, dns("a.example"), dns("b.example")),
            "no wildcard", ca.client(DAY, dns("*.example")),
            "no upper case", ca.client(DAY, dns("A.example")),
            "no 'trust' line", ca.client(DAY, dns("a.example")),
            "clientAuth", ca.issue("x", KeyPurposeId.id_kp_serverAuth, DAY, uri(TestCustody.API)),
            "not valid now", ca.client(Duration.ofMinutes(-1), uri(TestCustody.API)),
            "pins", other.client(TestCustody.API));
    for (Map.Entry<String, DevAuthority.Certified> one : denied.entrySet()) {
      TestWire.Answer answer = list(one.getValue());
      assertEquals("denied", answer.error(), one.getKey() + " " + answer);
      assertTrue(answer.message().contains(one.getKey()), one.getKey() + ": " + answer.message());
    }
    TestWire.Answer withItsCa = list(other.client(TestCustody.API), other.certificate());
    assertEquals("denied", withItsCa.error());
    TestWire.Answer otherDomain = list(ca.client("spiffe://acme.evil/ns/pay/sa/api"));
    assertTrue(otherDomain.message().contains("no 'trust' line"), otherDomain.message());
    TestWire.Answer stranger = list(ca.client("spiffe://acme/ns/pay/sa/api/x"));
    assertTrue(stranger.message().contains("no workload of the charter"), stranger.message());
  }

  @Test
  void withoutACertificateThereIsNoHandshake() {
    assertThrows(IOException.class, () -> list(null));
  }

  @Test
  void aNewServerCertificateIsShownWithoutARestart() throws Exception {
    X509Certificate before = shown();
    wire.writeServerCertificate();
    FileTime later = FileTime.from(Instant.now().plusSeconds(5));
    Files.setLastModifiedTime(wire.serverCertificate, later);
    Files.setLastModifiedTime(wire.serverKey, later);
    X509Certificate after = shown();
    assertNotEquals(before.getSerialNumber(), after.getSerialNumber());
    Files.writeString(wire.serverKey, "no key");
    assertEquals(after.getSerialNumber(), shown().getSerialNumber());
  }

  private X509Certificate shown() throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            wire.context(wire.authority.client(TestCustody.API))
                .getSocketFactory()
                .createSocket("127.0.0.1", wire.library.port())) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}
