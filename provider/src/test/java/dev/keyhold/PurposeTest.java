package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application declares of a use of a key arrives at the backend, by whatever way. */
class PurposeTest {
  private static final byte[] PLAIN = {1, 2, 3};
  private static final KeyholdScope AUDIT = KeyholdScope.forPurpose("audit", "INC-7");

  @TempDir Path folder;
  private KeyholdProvider provider;

  @AfterEach
  void close() {
    provider.close();
  }

  /** Two remote backends with a key "orders" each; backend a also has what "other" names. */
  private void configure(String... lines) throws Exception {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(
        file,
        """
        backend.a.type = fake
        backend.a.remote = yes
        backend.b.type = fake
        backend.b.remote = yes
        key.* = a
        key.other = b:orders
        """
            + String.join("\n", lines));
    provider = new KeyholdProvider().configure(file.toString());
  }

  private SecretKey generate(String algorithm, String alias) throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance(algorithm, provider);
    generator.init(new KeyholdGenParameterSpec.Builder(alias).build());
    return generator.generateKey();
  }

  private KeyPair pair(String alias, Purpose purpose) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(
        new KeyholdGenParameterSpec.Builder(alias)
            .algorithmParameters(new ECGenParameterSpec("secp256r1"))
            .purposes(purpose)
            .build());
    return generator.generateKeyPair();
  }

  /** A key "orders" at both backends; the handle is of the alias that the lines configure. */
  private SecretKey orders() throws Exception {
    SecretKey key = generate("AES", "orders");
    backend("b").shareKeysOf(backend("a"));
    forget();
    return key;
  }

  private static FakeBackend backend(String name) {
    return FakeBackend.Factory.LAST.get(name);
  }

  private static void forget() {
    backend("a").accesses.clear();
    backend("b").accesses.clear();
  }

  private byte[] encrypt(SecretKey key) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key, KeyholdParameterSpec.NONE);
    return cipher.doFinal(PLAIN);
  }

  private byte[] decrypt(SecretKey key, byte[] object) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.DECRYPT_MODE, key, KeyholdParameterSpec.NONE);
    return cipher.doFinal(object);
  }

  /** Every call since {@link #forget} was for this, and there was one at least. */
  private static void assertAll(String backend, String alias, String purpose, String ticket) {
    List<Access> accesses = backend(backend).accesses;
    assertFalse(accesses.isEmpty(), "backend " + backend + " was not called");
    for (Access access : accesses) {
      assertEquals(alias, access.alias());
      assertEquals(Optional.ofNullable(purpose), access.purpose());
      assertEquals(Optional.ofNullable(ticket), access.ticket());
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 2_000 && !condition.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertTrue(condition.getAsBoolean());
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void arrivesFromACipher(String mode) throws Exception {
    configure("key.orders = a", "key.orders.data-keys = " + mode);
    SecretKey key = orders();
    byte[] object = AUDIT.call(() -> encrypt(key));
    assertAll("a", "orders", "audit", "INC-7");
    forget();
    assertArrayEquals(PLAIN, AUDIT.call(() -> decrypt(key, object)));
    assertAll("a", "orders", "audit", "INC-7");
  }

  @Test
  void arrivesFromParameters() throws Exception {
    configure();
    SecretKey key = orders();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    AUDIT.call(
        () -> {
          cipher.init(
              Cipher.ENCRYPT_MODE, key, KeyholdParameterSpec.NONE.withPurpose("monthly-report"));
          return null;
        });
    cipher.doFinal(PLAIN);
    assertAll("a", "orders", "monthly-report", null);
  }

  @Test
  void isCapturedAtInit() throws Exception {
    configure();
    SecretKey key = orders();
    byte[] object = encrypt(key);
    forget();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    AUDIT.call(
        () -> {
          cipher.init(Cipher.DECRYPT_MODE, key, KeyholdParameterSpec.NONE);
          return null;
        });
    assertTrue(backend("a").accesses.isEmpty(), "decryption asks at the first data");
    KeyholdScope.forPurpose("another").call(() -> cipher.doFinal(object));
    assertAll("a", "orders", "audit", "INC-7");
  }

  @Test
  void arrivesFromStreamsChannelsAndRewrap() throws Exception {
    configure();
    SecretKey key = orders();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    KeyholdOutputStream stream = AUDIT.call(() -> new KeyholdOutputStream(out, key));
    stream.write(PLAIN);
    stream.close();
    assertAll("a", "orders", "audit", "INC-7");
    forget();
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
    try (KeyholdInputStream opened = AUDIT.call(() -> new KeyholdInputStream(in, key))) {
      assertArrayEquals(PLAIN, opened.readAllBytes());
    }
    assertAll("a", "orders", "audit", "INC-7");
    forget();
    Path file = Files.write(folder.resolve("object"), out.toByteArray());
    try (KeyholdChannel channel =
        AUDIT.call(() -> KeyholdChannel.open(file, key, KeyholdParameterSpec.NONE))) {
      assertEquals(PLAIN.length, channel.size());
    }
    assertAll("a", "orders", "audit", "INC-7");
    forget();
    KeyholdRewrap rewrap =
        AUDIT.call(() -> new KeyholdRewrap(key, KeyholdParameterSpec.NONE, true));
    rewrap.stream(new ByteArrayInputStream(out.toByteArray()), new ByteArrayOutputStream());
    assertAll("a", "orders", "audit", "INC-7");
  }

  @Test
  void arrivesFromMacSignatureAndAgreement() throws Exception {
    configure();
    SecretKey macs = generate("HmacSHA256", "macs");
    KeyPair signer = pair("signer", Purpose.SIGN);
    KeyPair agreer = pair("agreer", Purpose.AGREE);
    forget();

    Mac mac = Mac.getInstance("HmacSHA256", provider);
    inScope(() -> mac.init(macs));
    mac.doFinal(PLAIN);
    assertAll("a", "macs", "audit", "INC-7");
    forget();

    Signature signature = Signature.getInstance("SHA256withECDSA", provider);
    inScope(() -> signature.initSign(signer.getPrivate()));
    signature.update(PLAIN);
    signature.sign();
    assertAll("a", "signer", "audit", "INC-7");
    forget();

    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
    inScope(() -> agreement.init(agreer.getPrivate()));
    agreement.doPhase(agreer.getPublic(), true);
    assertAll("a", "agreer", "audit", "INC-7");
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void inScope(Step step) throws Exception {
    AUDIT.call(
        () -> {
          step.run();
          return null;
        });
  }

  /** JSSE signs on the threads that serve connections, where no scope is: the line declares. */
  @Test
  void arrivesFromATlsHandshakeOnAWorkersThread() throws Exception {
    configure("key.tls = a", "key.tls.purpose = handshakes");
    Security.insertProviderAt(provider, 1);
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try {
      pair("tls", Purpose.SIGN);
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(null, null);
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(keys, null);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(managers.getKeyManagers(), null, null);
      forget();
      try (SSLServerSocket listening =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Future<?> served =
            worker.submit(
                () -> {
                  try (Socket accepted = listening.accept()) {
                    return accepted.getInputStream().read();
                  }
                });
        SSLContext trusting = SSLContext.getInstance("TLSv1.3");
        trusting.init(null, new TrustManager[] {new TrustAll()}, null);
        try (Socket client =
            trusting
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
          client.getOutputStream().write(7);
          client.getOutputStream().flush();
          assertEquals(7, served.get(1, TimeUnit.MINUTES));
        }
      }
      // JSSE also has the key store list its entries, which is about no alias
      backend("a").accesses.removeIf(access -> access.alias().isEmpty());
      assertAll("a", "tls", "handshakes", null);
    } finally {
      worker.shutdownNow();
      Security.removeProvider(provider.getName());
    }
  }

  /** The certificate is a placeholder. */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void arrivesAtAllMembersAndAfterAFailover() throws Exception {
    configure("key.orders = any-of(a, b)");
    generateAt("a", "b");
    SecretKey key = handle("orders");
    byte[] object = AUDIT.call(() -> encrypt(key));
    assertAll("a", "orders", "audit", "INC-7");
    assertAll("b", "orders", "audit", "INC-7");
    backend("a").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "away");
    forget();
    assertArrayEquals(PLAIN, AUDIT.call(() -> decrypt(key, object)));
    assertAll("a", "orders", "audit", "INC-7");
    assertAll("b", "orders", "audit", "INC-7");
  }

  @Test
  void arrivesAtAllOwnersOfShares() throws Exception {
    configure("key.orders = all-of(a, b)");
    generateAt("a", "b");
    SecretKey key = handle("orders");
    byte[] object = AUDIT.call(() -> encrypt(key));
    forget();
    assertArrayEquals(PLAIN, AUDIT.call(() -> decrypt(key, object)));
    assertAll("a", "orders", "audit", "INC-7");
    assertAll("b", "orders", "audit", "INC-7");
  }

  private void generateAt(String... backends) throws Exception {
    for (String backend : backends) {
      backend(backend).create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
    }
  }

  private SecretKey handle(String alias) throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    SecretKey key = (SecretKey) keys.getKey(alias, null);
    forget();
    return key;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEpochKeyServesOnePurposeAndTicketOnly(boolean shared) throws Exception {
    Path board = Files.createDirectories(folder.resolve("board"));
    configure(
        "key.orders = a",
        "key.orders.data-keys = epoch",
        shared ? "board = " + board : "",
        shared ? "board.deadline = 60s" : "");
    SecretKey key = orders();
    byte[] audit = AUDIT.call(() -> encrypt(key));
    byte[] again = AUDIT.call(() -> encrypt(key));
    byte[] report = KeyholdScope.forPurpose("report", "INC-7").call(() -> encrypt(key));
    byte[] ticket = KeyholdScope.forPurpose("audit", "INC-8").call(() -> encrypt(key));
    byte[] nothing = encrypt(key);
    assertTrue(sameHeader(audit, again));
    for (byte[] other : List.of(report, ticket, nothing)) {
      assertFalse(sameHeader(audit, other));
    }
    // whatever it was written for, it opens for whatever is declared then
    forget();
    assertArrayEquals(PLAIN, decrypt(key, audit));
    assertAll("a", "orders", null, null);
    forget();
    assertArrayEquals(PLAIN, AUDIT.call(() -> decrypt(key, audit)));
    assertAll("a", "orders", "audit", "INC-7");
    forget();
    assertArrayEquals(PLAIN, AUDIT.call(() -> decrypt(key, again)));
    assertTrue(backend("a").accesses.isEmpty(), "the same purpose uses the epoch key at hand");
  }

  private static boolean sameHeader(byte[] one, byte[] other) {
    return Arrays.equals(one, 0, 256, other, 0, 256);
  }

  @Test
  void arrivesFromARenewalInTheBackground() throws Exception {
    configure("key.orders = a", "key.orders.data-keys = epoch", "key.orders.max-age = 2s");
    SecretKey key = orders();
    AUDIT.call(() -> encrypt(key));
    forget();
    await(
        () -> {
          try {
            AUDIT.call(() -> encrypt(key));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          return !backend("a").accesses.isEmpty();
        });
    assertAll("a", "orders", "audit", "INC-7");
  }

  @Test
  void arrivesFromReadsOfAKeyStore() throws Exception {
    configure("key.pair = a");
    orders();
    pair("pair", Purpose.SIGN);
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    forget();
    inScope(() -> keys.load(null, null));
    inScope(() -> assertTrue(Collections.list(keys.aliases()).contains("orders")));
    assertAll("a", "", "audit", "INC-7");
    assertAll("b", "", "audit", "INC-7");
    forget();
    inScope(() -> assertTrue(keys.isKeyEntry("orders")));
    inScope(() -> assertNotNull(keys.getKey("orders", null)));
    assertAll("a", "orders", "audit", "INC-7");
    forget();
    inScope(() -> assertNotNull(keys.getKey("pair", null)));
    inScope(() -> assertNotNull(keys.getCertificateChain("pair")));
    assertAll("a", "pair", "audit", "INC-7");
    forget();
    inScope(() -> keys.getKey("other", null));
    assertAll("b", "other", "audit", "INC-7");
  }

  @Test
  void arrivesFromChangesByAKeyStoreAndGenerators() throws Exception {
    configure();
    inScope(() -> generate("AES", "fresh"));
    assertAll("a", "fresh", "audit", "INC-7");
    forget();
    inScope(() -> pair("pair", Purpose.SIGN));
    assertAll("a", "pair", "audit", "INC-7");
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    forget();
    inScope(() -> keys.deleteEntry("fresh"));
    inScope(() -> keys.store(null, null));
    assertAll("a", "fresh", "audit", "INC-7");
  }

  @Test
  void arrivesFromHealth() throws Exception {
    configure("key.orders = a");
    orders();
    assertTrue(AUDIT.call(() -> provider.health()).ready());
    assertAll("a", "orders", "audit", "INC-7");
    assertAll("b", "other", "audit", "INC-7");
  }

  @Test
  void arrivesFromSecureRandom() throws Exception {
    configure("secure-random = a");
    SecureRandom random = SecureRandom.getInstance("Keyhold", provider);
    AUDIT.run(() -> random.nextBytes(new byte[8]));
    assertAll("a", "", "audit", "INC-7");
  }

  /** A read is no use: it is recorded with what is declared, and not refused. */
  @Test
  void aRequiredPurposeIsNotRequiredOfReads() throws Exception {
    configure("key.orders = a", "key.orders.purpose = required");
    AUDIT.call(() -> orders());
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    assertNotNull(keys.getKey("orders", null));
  }

  @Test
  void aStandingPurposeServesReadsToo() throws Exception {
    configure("key.orders = a", "key.orders.purpose = nightly batch");
    orders();
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    forget();
    assertNotNull(keys.getKey("orders", null));
    assertAll("a", "orders", "nightly batch", null);
  }

  @Test
  void aRequiredPurposeIsRequiredOfEveryUse() throws Exception {
    configure(
        "key.orders = a", "key.orders.purpose = required", "key.s = a", "key.s.purpose = required");
    SecretKey key = orders();
    KeyPair signer = AUDIT.call(() -> pair("s", Purpose.SIGN));
    forget();
    InvalidKeyException e = assertThrows(InvalidKeyException.class, () -> encrypt(key));
    assertTrue(e.getMessage().contains("key.orders.purpose = required"), e.getMessage());
    assertTrue(e.getMessage().contains("KeyholdScope.forPurpose"), e.getMessage());
    Signature signature = Signature.getInstance("SHA256withECDSA", provider);
    assertThrows(InvalidKeyException.class, () -> signature.initSign(signer.getPrivate()));
    assertTrue(backend("a").accesses.isEmpty(), "it is refused before the backend is asked");
    assertArrayEquals(PLAIN, AUDIT.call(() -> decrypt(key, encrypt(key))));
  }

  @Test
  void aStandingPurposeServesWhoDeclaresNone() throws Exception {
    configure("key.orders = a", "key.orders.purpose = nightly batch");
    SecretKey key = orders();
    encrypt(key);
    assertAll("a", "orders", "nightly batch", null);
    forget();
    AUDIT.call(() -> encrypt(key));
    assertAll("a", "orders", "audit", "INC-7");
  }

  @Test
  void aScopeIsInheritedFieldByField() throws Exception {
    configure();
    SecretKey key = orders();
    KeyholdScope.ofTenant("acme").call(() -> AUDIT.call(() -> encrypt(key)));
    Access access = backend("a").accesses.get(0);
    assertEquals(Optional.of("acme"), access.tenant());
    assertEquals(Optional.of("audit"), access.purpose());
    forget();
    AUDIT.call(() -> KeyholdScope.forPurpose("other").call(() -> encrypt(key)));
    assertAll("a", "orders", "other", null);
  }

  @Test
  void aScopeGoesToAnotherThreadByHand() throws Exception {
    configure();
    SecretKey key = orders();
    Callable<byte[]> task =
        AUDIT.call(
            () -> {
              KeyholdScope scope = KeyholdScope.current();
              return () -> scope.call(() -> encrypt(key));
            });
    FutureTask<byte[]> elsewhere = new FutureTask<>(task);
    new Thread(elsewhere).start();
    elsewhere.get();
    assertAll("a", "orders", "audit", "INC-7");
    forget();
    encrypt(key);
    assertAll("a", "orders", null, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two\nlines", "\uD800"})
  void refusesWhatALogCanNotHold(String text) throws IOException {
    assertThrows(IllegalArgumentException.class, () -> KeyholdScope.forPurpose(text));
    assertThrows(IllegalArgumentException.class, () -> KeyholdScope.forPurpose("a", text));
    assertThrows(IllegalArgumentException.class, () -> KeyholdParameterSpec.NONE.withPurpose(text));
    provider = new KeyholdProvider();
  }
}
