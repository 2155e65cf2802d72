package dev.keyhold.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManagerFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Full handshakes of the JDK's TLS 1.3 in memory, both sides in one thread, where the server's key
 * (ECDSA P-256) is the JDK's own, in Keyhold's software backend, or in a SoftHSM2 token, by the
 * JDK's provider and by Keyhold. Only the ratios within one run count. For the token, SoftHSM2 is
 * needed, and {@code SOFTHSM2_CONF} as {@code make bench} sets it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class HandshakeBenchmark {
  @Param({"local", "software", "pkcs11"})
  String key;

  private ServerKey serverKey;
  private SSLContext server;
  private KeyStore trusted;

  @Setup
  public void setUp() throws Exception {
    serverKey = ServerKey.make(key);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(serverKey.keyStore(), ServerKey.PASSWORD.toCharArray());
    server = SSLContext.getInstance("TLSv1.3");
    server.init(keys.getKeyManagers(), null, new SecureRandom());
    trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", serverKey.keyStore().getCertificate(ServerKey.ALIAS));
  }

  @TearDown
  public void tearDown() throws IOException {
    serverKey.close();
  }

  /** Returns a fresh client, so that no session is resumed. */
  @Benchmark
  public String handshake() throws GeneralSecurityException, IOException {
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext client = SSLContext.getInstance("TLSv1.3");
    client.init(null, trust.getTrustManagers(), null);
    SSLEngine near = client.createSSLEngine();
    near.setUseClientMode(true);
    SSLEngine far = server.createSSLEngine();
    far.setUseClientMode(false);
    int size = near.getSession().getPacketBufferSize();
    ByteBuffer toFar = ByteBuffer.allocate(2 * size);
    ByteBuffer toNear = ByteBuffer.allocate(2 * size);
    ByteBuffer data = ByteBuffer.allocate(size);
    near.beginHandshake();
    far.beginHandshake();
    while (isShaking(near) || isShaking(far)) {
      step(near, toNear, toFar, data);
      step(far, toFar, toNear, data);
    }
    return near.getSession().getCipherSuite();
  }

  private static boolean isShaking(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
        && engine.getHandshakeStatus() != HandshakeStatus.FINISHED;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out, ByteBuffer data)
      throws IOException {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
    data.clear();
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      data.limit(0);
      engine.wrap(data, out);
    } else if (in.position() > 0) {
      in.flip();
      SSLEngineResult result = engine.unwrap(in, data);
      in.compact();
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        throw new IOException("closed");
      }
    }
  }
}
