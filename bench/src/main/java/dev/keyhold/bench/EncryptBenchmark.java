package dev.keyhold.bench;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import dev.keyhold.KeyholdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
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
 * Whole objects, each under a data key of its own, the KEK in memory: Keyhold with its software
 * backend beside what a user would pick instead. Only the ratios within one run count.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EncryptBenchmark {
  /** The room for headers, salt and tags, so that no array grows. */
  private static final int ROOM = 4096;

  /** A Cipher of each thread. */
  @State(Scope.Thread)
  public static class OwnCipher {
    Cipher cipher;

    @Setup
    public void make() throws GeneralSecurityException {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    }
  }

  @Param({"1024", "65536", "1048576"})
  int size;

  /** The provider whose engines encrypt locally: {@code jdk} or {@code corretto}. */
  @Param({"jdk", "corretto"})
  String engine;

  private final SecureRandom random = new SecureRandom();
  private final Provider bouncyCastle = new BouncyCastleProvider();

  private KeyholdKeys keyhold;
  private SecretKey handle;
  private SecretKey epochHandle;
  private byte[] plaintext;
  private AwsCrypto awsCrypto;
  private JceMasterKey awsKey;
  private Aead tink;
  private SecretKey bareKey;

  @Setup
  public void setUp() throws Exception {
    Corretto.installIf(engine.equals("corretto"));
    plaintext = new byte[size];
    random.nextBytes(plaintext);
    keyhold = KeyholdKeys.make();
    handle = keyhold.newKey("bench");
    epochHandle = keyhold.newKey("epoch");
    byte[] kek = new byte[32];
    random.nextBytes(kek);
    bareKey = new SecretKeySpec(kek, "AES");
    awsCrypto =
        AwsCrypto.builder()
            .withCommitmentPolicy(CommitmentPolicy.RequireEncryptRequireDecrypt)
            .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
            .build();
    awsKey = JceMasterKey.getInstance(bareKey, "bench", "kek", "AES/GCM/NoPadding");
    AeadConfig.register();
    tink = KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, new AesGcmJce(kek));
  }

  @TearDown
  public void tearDown() throws Exception {
    keyhold.close();
  }

  @Benchmark
  public byte[] keyhold() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, handle);
    return cipher.doFinal(plaintext);
  }

  /**
   * Encrypts through Keyhold with {@code data-keys = epoch}: the KEK is used twice in some minutes.
   */
  @Benchmark
  public byte[] keyholdEpoch() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, epochHandle);
    return cipher.doFinal(plaintext);
  }

  /** Committing, without the signature of the default suite. */
  @Benchmark
  public byte[] awsEncryptionSdk() {
    return awsCrypto.encryptData(awsKey, plaintext).getResult();
  }

  @Benchmark
  public byte[] tinkKmsEnvelope() throws GeneralSecurityException {
    return tink.encrypt(plaintext, new byte[0]);
  }

  /** One Cipher for many objects: getInstance contends in the JDK. */
  @Benchmark
  public byte[] keyholdReused(OwnCipher own) throws GeneralSecurityException {
    own.cipher.init(Cipher.ENCRYPT_MODE, handle);
    return own.cipher.doFinal(plaintext);
  }

  /** One Cipher for many objects, with {@code data-keys = epoch}. */
  @Benchmark
  public byte[] keyholdEpochReused(OwnCipher own) throws GeneralSecurityException {
    own.cipher.init(Cipher.ENCRYPT_MODE, epochHandle);
    return own.cipher.doFinal(plaintext);
  }

  @Benchmark
  public byte[] keyholdEpochStream() throws GeneralSecurityException, IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(size + ROOM);
    try (OutputStream out = new KeyholdOutputStream(bytes, epochHandle)) {
      out.write(plaintext);
    }
    return bytes.toByteArray();
  }

  /** No envelope. */
  @Benchmark
  public byte[] bareBouncyCastle() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", bouncyCastle);
    cipher.init(Cipher.ENCRYPT_MODE, bareKey, new GCMParameterSpec(128, random(12)));
    return cipher.doFinal(plaintext);
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** No envelope: the floor. */
  @Benchmark
  public byte[] bareSunJce() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, bareKey);
    return cipher.doFinal(plaintext);
  }
}
