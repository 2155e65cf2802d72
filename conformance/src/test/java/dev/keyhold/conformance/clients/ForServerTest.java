package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdKeyManagers;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.keystore.Purpose;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Netty's and gRPC's {@code forServer(key, chain)}, and what stands in for it. */
@ResourceLock("java.security.Security.providers")
class ForServerTest {
  private static final String DEFAULT_TYPE = "keystore.type";

  @TempDir Path folder;
  private final String type = KeyStore.getDefaultType();
  private final CertificateAuthority ca = authority();
  private KeyholdFixture keyhold;
  private PrivateKey key;
  private X509Certificate[] chain;

  private static CertificateAuthority authority() {
    try {
      return new CertificateAuthority();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void makeAKey() throws Exception {
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    Security.addProvider(keyhold.provider());
    use("EC");
  }

  @AfterEach
  void close() {
    Security.setProperty(DEFAULT_TYPE, type);
    Security.removeProvider("Keyhold");
    keyhold.close();
  }

  private KeyPair pair(String alias, String algorithm, Purpose purpose) throws Exception {
    AlgorithmParameterSpec size = new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, keyhold.provider());
    KeyholdGenParameterSpec.Builder spec =
        new KeyholdGenParameterSpec.Builder(alias).purposes(purpose);
    if (algorithm.equals("RSA")) {
      spec.algorithmParameters(size);
    }
    generator.initialize(spec.build());
    return generator.generateKeyPair();
  }

  private void use(String algorithm) throws Exception {
    KeyPair pair = pair("web-" + algorithm.toLowerCase(Locale.ROOT), algorithm, Purpose.SIGN);
    key = pair.getPrivate();
    chain = ca.issue("web", pair.getPublic());
  }

  @Test
  void theJdksOwnPkcs12FailsByALineOfItsOwn() {
    Throwable cause =
        assertThrows(Exception.class, () -> SslContextBuilder.forServer(key, chain).build());
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    assertEquals(NullPointerException.class, cause.getClass());
    assertEquals("sun.security.pkcs12.PKCS12KeyStore", cause.getStackTrace()[0].getClassName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void nettyTakesAFactoryOrAKeyManager(String algorithm) throws Exception {
    if (!algorithm.equals("EC")) {
      use(algorithm);
    }
    assertServes(SslContextBuilder.forServer(KeyholdKeyManagers.factory(key, chain)));
    assertServes(SslContextBuilder.forServer(KeyholdKeyManagers.keyManager(key, chain)));
  }

  @Test
  void nettyUnchangedServesWithTheDefaultType() throws Exception {
    Security.setProperty(DEFAULT_TYPE, "KeyholdPKCS12");
    assertServes(SslContextBuilder.forServer(key, chain));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(256);
    KeyPair ofTheJdk = generator.generateKeyPair();
    chain = ca.issue("other", ofTheJdk.getPublic());
    assertServes(SslContextBuilder.forServer(ofTheJdk.getPrivate(), chain));
  }

  private void assertServes(SslContextBuilder server) throws Exception {
    try (NettyServer netty =
        NettyServer.start(
            server
                .sslProvider(io.netty.handler.ssl.SslProvider.JDK)
                .trustManager(ca.root())
                .build())) {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(ca.trustStore());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      try (SSLSocket socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), netty.port())) {
        socket.startHandshake();
        assertEquals(chain[0], socket.getSession().getPeerCertificates()[0]);
      }
    }
  }

  @Test
  void grpcUnchangedServesWithTheDefaultType() throws Exception {
    Security.setProperty(DEFAULT_TYPE, "KeyholdPKCS12");
    assertAnswers(
        NettyServerBuilder.forAddress(loopback())
            .sslContext(
                GrpcSslContexts.configure(
                        io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder.forServer(
                            key, chain),
                        SslProvider.JDK)
                    .build()));
  }

  @Test
  void grpcTakesAFactoryOrAKeyManager() throws Exception {
    assertAnswers(
        NettyServerBuilder.forAddress(loopback())
            .sslContext(
                GrpcSslContexts.configure(
                        io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder.forServer(
                            KeyholdKeyManagers.factory(key, chain)),
                        SslProvider.JDK)
                    .build()));
    assertAnswers(
        NettyServerBuilder.forAddress(loopback())
            .sslContext(
                GrpcSslContexts.configure(
                        io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder.forServer(
                            KeyholdKeyManagers.keyManager(key, chain)),
                        SslProvider.JDK)
                    .build()));
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Calls a server that answers what it is asked. */
  private void assertAnswers(NettyServerBuilder builder) throws Exception {
    MethodDescriptor<byte[], byte[]> echo =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName("test/echo")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    Server server =
        builder
            .addService(
                ServerServiceDefinition.builder("test")
                    .addMethod(
                        echo,
                        ServerCalls.asyncUnaryCall(
                            (request, answer) -> {
                              answer.onNext(request);
                              answer.onCompleted();
                            }))
                    .build())
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", server.getPort())
            .sslContext(
                GrpcSslContexts.configure(
                        io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder.forClient()
                            .trustManager(ca.root()),
                        SslProvider.JDK)
                    .build())
            .build();
    try {
      byte[] request = "hello".getBytes(StandardCharsets.UTF_8);
      assertArrayEquals(
          request, ClientCalls.blockingUnaryCall(channel, echo, CallOptions.DEFAULT, request));
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  private static final class Bytes implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void theTypeIsPkcs12ForAllElse() throws Exception {
    KeyStore keys = KeyStore.getInstance("KeyholdPKCS12");
    keys.load(null, null);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(256);
    KeyPair ofTheJdk = generator.generateKeyPair();
    char[] password = "changeit".toCharArray();
    keys.setKeyEntry("jdk", ofTheJdk.getPrivate(), password, ca.issue("jdk", ofTheJdk.getPublic()));
    keys.setCertificateEntry("root", ca.root());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    keys.store(file, password);
    KeyStore read = KeyStore.getInstance("PKCS12");
    read.load(new ByteArrayInputStream(file.toByteArray()), password);
    assertEquals(ofTheJdk.getPrivate(), read.getKey("jdk", password));

    keys.setKeyEntry("Web", key, null, chain);
    assertEquals(3, keys.size());
    assertEquals(key, keys.getKey("web", null));
    assertEquals("web", keys.getCertificateAlias(chain[0]));
    assertEquals(
        key,
        ((KeyStore.PrivateKeyEntry) keys.getEntry("web", new KeyStore.PasswordProtection(password)))
            .getPrivateKey());
    IOException refused =
        assertThrows(IOException.class, () -> keys.store(new ByteArrayOutputStream(), password));
    assertTrue(refused.getMessage().contains("key web-ec "), refused.getMessage());
    keys.deleteEntry("web");
    assertEquals(2, keys.size());
  }

  @Test
  void theWrongKeyOrChainIsRefusedInWords() throws Exception {
    PrivateKey agreeing = pair("agree", "EC", Purpose.AGREE).getPrivate();
    InvalidKeyException other =
        assertThrows(
            InvalidKeyException.class,
            () -> KeyholdKeyManagers.factory(pair("x", "EC", Purpose.SIGN).getPrivate(), chain));
    assertTrue(other.getMessage().contains("key x "), other.getMessage());
    InvalidKeyException unable =
        assertThrows(InvalidKeyException.class, () -> KeyholdKeyManagers.factory(agreeing, chain));
    assertTrue(unable.getMessage().contains("KeyAgreement ECDH"), unable.getMessage());
  }
}
