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
import dev.keyhold.KeyholdChannel;
import dev.keyhold.KeyholdInputStream;
import dev.keyhold.KeyholdOutputStream;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.bench.EncryptBenchmark.OwnCipher;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
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

/** The way back from {@link EncryptBenchmark}. Only the ratios within one run count. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecryptBenchmark {
  @Param({"1024", "65536", "1048576"})
  int size;

  /** The provider whose engines encrypt locally: {@code jdk} or {@code corretto}. */
  @Param({"jdk", "corretto"})
  String engine;

  private KeyholdKeys keyhold;
  private SecretKey handle;
  private SecretKey epochHandle;
  private byte[] object;
  private byte[] epochObject;
  private Path file;
  private Aead tink;
  private byte[] tinkObject;
  private AwsCrypto awsCrypto;
  private JceMasterKey awsKey;
  private byte[] awsObject;

  @Setup
  public void setUp() throws Exception {
    Corretto.installIf(engine.equals("corretto"));
    SecureRandom random = new SecureRandom();
    byte[] plaintext = new byte[size];
    random.nextBytes(plaintext);
    keyhold = KeyholdKeys.make();
    handle = keyhold.newKey("bench");
    epochHandle = keyhold.newKey("epoch");
    object = sealed(handle, plaintext);
    epochObject = sealed(epochHandle, plaintext);
    file = Files.write(Files.createTempFile("keyhold-bench", ""), epochObject);
    byte[] kek = new byte[32];
    random.nextBytes(kek);
    AeadConfig.register();
    tink = KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, new AesGcmJce(kek));
    tinkObject = tink.encrypt(plaintext, new byte[0]);
    awsCrypto =
        AwsCrypto.builder()
            .withCommitmentPolicy(CommitmentPolicy.RequireEncryptRequireDecrypt)
            .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
            .build();
    awsKey =
        JceMasterKey.getInstance(
            new SecretKeySpec(kek, "AES"), "bench", "kek", "AES/GCM/NoPadding");
    awsObject = awsCrypto.encryptData(awsKey, plaintext).getResult();
  }

  private static byte[] sealed(SecretKey key, byte[] plaintext)
      throws IOException, GeneralSecurityException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new KeyholdOutputStream(bytes, key)) {
      out.write(plaintext);
    }
    return bytes.toByteArray();
  }

  @TearDown
  public void tearDown() throws IOException {
    Files.delete(file);
    keyhold.close();
  }

  @Benchmark
  public byte[] keyholdReused(OwnCipher own) throws GeneralSecurityException {
    own.cipher.init(Cipher.DECRYPT_MODE, handle, KeyholdParameterSpec.NONE);
    return own.cipher.doFinal(object);
  }

  @Benchmark
  public byte[] keyholdEpochReused(OwnCipher own) throws GeneralSecurityException {
    own.cipher.init(Cipher.DECRYPT_MODE, epochHandle, KeyholdParameterSpec.NONE);
    return own.cipher.doFinal(epochObject);
  }

  @Benchmark
  public byte[] keyholdStream() throws IOException, GeneralSecurityException {
    try (InputStream in = new KeyholdInputStream(new ByteArrayInputStream(object), handle)) {
      return in.readNBytes(size);
    }
  }

  @Benchmark
  public byte[] keyholdEpochStream() throws IOException, GeneralSecurityException {
    ByteArrayInputStream source = new ByteArrayInputStream(epochObject);
    try (InputStream in = new KeyholdInputStream(source, epochHandle)) {
      return in.readNBytes(size);
    }
  }

  /** Reads a whole file through the channel. */
  @Benchmark
  public byte[] keyholdEpochChannel() throws IOException, GeneralSecurityException {
    ByteBuffer plain = ByteBuffer.allocate(size);
    try (KeyholdChannel channel =
        KeyholdChannel.open(file, epochHandle, KeyholdParameterSpec.NONE)) {
      channel.read(plain);
    }
    return plain.array();
  }

  @Benchmark
  public byte[] awsEncryptionSdk() {
    return awsCrypto.decryptData(awsKey, awsObject).getResult();
  }

  @Benchmark
  public byte[] tinkKmsEnvelope() throws GeneralSecurityException {
    return tink.decrypt(tinkObject, new byte[0]);
  }
}
