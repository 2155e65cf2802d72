package dev.keyhold.bench;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.concurrent.TimeUnit;
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
 * Signatures (ECDSA P-256, SHA-256) by a key in a SoftHSM2 token: what Keyhold costs over the JDK's
 * provider alone. Only the ratios within one run count. SoftHSM2 is needed, and {@code
 * SOFTHSM2_CONF} as {@code make bench} sets it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SignBenchmark {
  private static final byte[] MESSAGE = new byte[100];

  @Param({"sunpkcs11", "pkcs11"})
  String key;

  /** Null without Keyhold. */
  private ServerKey serverKey;

  private PrivateKey privateKey;

  /** A Signature of each thread. */
  @State(Scope.Thread)
  public static class OwnSignature {
    Signature signature;

    @Setup
    public void make(SignBenchmark benchmark) throws GeneralSecurityException {
      signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(benchmark.privateKey);
    }
  }

  @Setup
  public void setUp() throws Exception {
    if (key.equals("pkcs11")) {
      serverKey = ServerKey.make(key);
      privateKey = (PrivateKey) serverKey.keyStore().getKey(ServerKey.ALIAS, null);
    } else {
      privateKey = ServerKey.withoutKeyhold().getPrivate();
    }
  }

  @TearDown
  public void tearDown() throws IOException {
    if (serverKey != null) {
      serverKey.close();
    }
  }

  @Benchmark
  public byte[] sign(OwnSignature own) throws GeneralSecurityException {
    own.signature.update(MESSAGE);
    return own.signature.sign();
  }
}
