package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.KeyholdRewrap.Outcome;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyholdRewrapTest {
  private static final byte[] AAD = {1, 2, 3};

  @TempDir Path folder;
  private final byte[] plain = new byte[100_000];
  private KeyholdProvider provider;
  private FakeBackend one;
  private SecretKey former;
  private SecretKey orders;
  private Path file;

  @BeforeEach
  void makeAnObjectOfTheFormerKey() throws Exception {
    new Random(1).nextBytes(plain);
    Path configuration =
        Files.writeString(
            folder.resolve("keyhold.properties"),
            """
            backend.one.type = fake
            backend.two.type = fake
            key.former = one
            key.former.binding = orders
            key.second = two
            key.orders = any-of(one:former, two:second)
            key.orders.decrypt-with = one:former
            """);
    provider = new KeyholdProvider().configure(configuration.toString());
    former = generate("former");
    one = FakeBackend.Factory.LAST.get("one");
    generate("second");
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    orders = (SecretKey) keys.getKey("orders", null);
    file = folder.resolve("object");
    try (OutputStream out =
        new KeyholdOutputStream(Files.newOutputStream(file), former, parameters())) {
      out.write(plain);
    }
  }

  private SecretKey generate(String alias) throws GeneralSecurityException {
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder(alias).build());
    return generator.generateKey();
  }

  private static KeyholdParameterSpec parameters() {
    return KeyholdParameterSpec.NONE.withAad(AAD);
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private byte[] open(SecretKey key, byte[] object) throws IOException, InvalidKeyException {
    try (KeyholdInputStream in =
        new KeyholdInputStream(new ByteArrayInputStream(object), key, parameters())) {
      return in.readAllBytes();
    }
  }

  @Test
  void aFileIsRewrappedOnceAndOpensWithEitherKeyWithoutItsAadBeingKnown() throws Exception {
    assertSame(Outcome.REWRAPPED, new KeyholdRewrap(orders).check(file));
    KeyholdRewrap rewrap = new KeyholdRewrap(orders);
    assertSame(Outcome.REWRAPPED, rewrap.file(file));
    assertSame(Outcome.CURRENT, rewrap.file(file));
    assertSame(Outcome.CURRENT, new KeyholdRewrap(orders).file(file));
    assertSame(Outcome.CURRENT, new KeyholdRewrap(orders).check(file));
    one.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "the region is gone");
    assertArrayEquals(plain, open(orders, Files.readAllBytes(file)));
  }

  @Test
  void afterARotationTheHeaderIsReplacedInPlace() throws Exception {
    new KeyholdRewrap(orders).file(file);
    byte[] object = Files.readAllBytes(file);
    one.rotate("former");
    assertSame(Outcome.REWRAPPED, new KeyholdRewrap(orders).file(file));
    byte[] rewrapped = Files.readAllBytes(file);
    assertEquals(object.length, rewrapped.length);
    assertFalse(Arrays.equals(object, rewrapped));
    one.forgetFormerVersions("former");
    FakeBackend.Factory.LAST.get("two").fault =
        FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
    assertArrayEquals(plain, open(orders, rewrapped));
    assertThrows(IOException.class, () -> open(orders, object));
  }

  @Test
  void aStreamIsRewrappedOnItsWay() throws Exception {
    byte[] object = Files.readAllBytes(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    KeyholdRewrap rewrap = new KeyholdRewrap(orders);
    assertSame(Outcome.REWRAPPED, rewrap.stream(new ByteArrayInputStream(object), out));
    assertArrayEquals(plain, open(orders, out.toByteArray()));
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    assertSame(Outcome.CURRENT, rewrap.stream(new ByteArrayInputStream(out.toByteArray()), again));
    assertArrayEquals(out.toByteArray(), again.toByteArray());
  }

  @Test
  void whatIsAskedForIsRewrappedAlthoughItIsCurrent() throws Exception {
    new KeyholdRewrap(orders).file(file);
    byte[] before = Files.readAllBytes(file);
    assertSame(
        Outcome.REWRAPPED, new KeyholdRewrap(orders, KeyholdParameterSpec.NONE, true).file(file));
    assertFalse(Arrays.equals(before, Files.readAllBytes(file)));
    assertArrayEquals(plain, open(orders, Files.readAllBytes(file)));
  }

  @Test
  void whatIsNoObjectOrDoesNotOpenIsLeftAsItIs() throws Exception {
    byte[] object = Files.readAllBytes(file);
    byte[] altered = object.clone();
    altered[60] ^= 1;
    for (byte[] content :
        new byte[][] {
          {}, {1, 2, 3}, Arrays.copyOf(object, 11), Arrays.copyOf(object, 200), altered, plain
        }) {
      Files.write(file, content);
      KeyholdRewrap rewrap = new KeyholdRewrap(orders);
      IOException refused = assertThrows(IOException.class, () -> rewrap.file(file));
      assertInstanceOf(AEADBadTagException.class, refused.getCause());
      assertThrows(IOException.class, () -> rewrap.check(file));
      assertThrows(IOException.class, () -> rewrap.header(content));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThrows(IOException.class, () -> rewrap.stream(new ByteArrayInputStream(content), out));
      assertEquals(0, out.size());
      assertArrayEquals(content, Files.readAllBytes(file));
    }
  }

  @Test
  void aKeyOutOfReachIsToldApart() throws Exception {
    FakeBackend.Factory.LAST.get("two").fault =
        FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
    byte[] before = Files.readAllBytes(file);
    KeyholdRewrap rewrap = new KeyholdRewrap(orders);
    IOException refused = assertThrows(IOException.class, () -> rewrap.file(file));
    assertInstanceOf(BackendException.class, refused.getCause());
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void aTenantsObjectIsRewrappedForThisTenant() throws Exception {
    KeyholdParameterSpec acme = parameters().withTenant("acme");
    try (OutputStream out = new KeyholdOutputStream(Files.newOutputStream(file), former, acme)) {
      out.write(plain);
    }
    assertThrows(IOException.class, () -> new KeyholdRewrap(orders).file(file));
    KeyholdParameterSpec other = KeyholdParameterSpec.NONE.withTenant("other");
    assertThrows(IOException.class, () -> new KeyholdRewrap(orders, other, false).file(file));
    KeyholdParameterSpec tenant = KeyholdParameterSpec.NONE.withTenant("acme");
    assertSame(Outcome.REWRAPPED, new KeyholdRewrap(orders, tenant, false).file(file));
    try (KeyholdInputStream in = new KeyholdInputStream(Files.newInputStream(file), orders, acme)) {
      assertArrayEquals(plain, in.readAllBytes());
    }
    byte[] object = Files.readAllBytes(file);
    assertThrows(IOException.class, () -> open(orders, object));
  }

  @Test
  void aForeignKeyRewrapsNothing() {
    assertThrows(
        InvalidKeyException.class, () -> new KeyholdRewrap(new SecretKeySpec(new byte[32], "AES")));
  }
}
