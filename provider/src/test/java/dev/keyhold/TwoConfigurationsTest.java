package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two applications of one JVM, each with a configuration of its own, and the same aliases. */
@ResourceLock("java.security.Security")
class TwoConfigurationsTest {
  private static final byte[] PLAIN = {1, 2, 3};

  @TempDir Path folder;
  private final LogRecords log = new LogRecords();
  private URLClassLoader loader;
  private final List<Provider> made = new ArrayList<>();

  @AfterEach
  void remove() throws Exception {
    log.close();
    for (Provider provider : made) {
      Security.removeProvider(provider.getName());
      ((AutoCloseable) provider).close();
    }
    if (loader != null) {
      loader.close();
    }
  }

  private Path configuration(String backend) throws IOException {
    return Files.writeString(
        folder.resolve(backend + ".properties"),
        "backend.%s.type = fake\nkey.* = %s\n".formatted(backend, backend));
  }

  private KeyholdProvider provider(String name, String backend) throws IOException {
    KeyholdProvider provider = new KeyholdProvider().configure(name + configuration(backend));
    made.add(provider);
    return provider;
  }

  private static Key newKey(Provider provider) throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    return generator.generateKey();
  }

  private static Key key(KeyStore keys) throws Exception {
    keys.load(null, null);
    return keys.getKey("orders", null);
  }

  private static byte[] transform(int mode, Key key, Cipher parameters, byte[] in)
      throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, parameters.getParameters());
    return cipher.doFinal(in);
  }

  private static Cipher encrypting(Key key) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher;
  }

  @Test
  void aFurtherConfigurationHasANameOfItsOwn() throws Exception {
    KeyholdProvider first = provider("", "one");
    KeyholdProvider second = provider("name=orders ", "two");
    assertEquals("Keyhold", first.getName());
    assertEquals("Keyhold-orders", second.getName());
    assertTrue(
        second.toString().matches("Keyhold-orders version \\S+ \\(.*two\\.properties\\)"),
        second.toString());
    assertTrue(Security.addProvider(first) > 0);
    assertTrue(Security.addProvider(second) > 0);
    newKey(first);
    newKey(second);

    Key ofFirst = key(KeyStore.getInstance("Keyhold"));
    Key ofSecond = key(KeyStore.getInstance("Keyhold-orders"));
    assertEquals(ofSecond, key(KeyStore.getInstance("Keyhold", "Keyhold-orders")));
    assertNotEquals(ofFirst, ofSecond);
    assertTrue(ofSecond.toString().startsWith("Keyhold-orders key orders"), ofSecond.toString());
    assertTrue(ofFirst.toString().startsWith("Keyhold key orders"), ofFirst.toString());
    Cipher encrypting = encrypting(ofSecond);
    assertEquals("Keyhold-orders", encrypting.getProvider().getName());
    byte[] object = encrypting.doFinal(PLAIN);
    assertArrayEquals(PLAIN, transform(Cipher.DECRYPT_MODE, ofSecond, encrypting, object));
    assertEquals(List.of(), log.warnings());
    assertThrows(
        Exception.class, () -> transform(Cipher.DECRYPT_MODE, ofFirst, encrypting, object));
  }

  @Test
  void aSerializedHandleFindsTheProviderOfItsName() throws Exception {
    Security.addProvider(provider("", "one"));
    KeyholdProvider second = provider("name=orders ", "two");
    Security.addProvider(second);
    Key key = newKey(second);
    byte[] serialized = serialized(key);
    Key again = deserialized(serialized);
    assertEquals(key, again);
    assertEquals("Keyhold-orders", encrypting(again).getProvider().getName());

    Security.removeProvider("Keyhold-orders");
    Key orphan = deserialized(serialized);
    Exception refused = assertThrows(InvalidKeyException.class, () -> encrypting(orphan));
    assertTrue(
        refused.getMessage().contains("Keyhold-orders")
            && refused.getMessage().contains("addProvider"),
        refused.getMessage());
  }

  private static byte[] serialized(Key key) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
      objects.writeObject(key);
    }
    return out.toByteArray();
  }

  private static Key deserialized(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (Key) objects.readObject();
    }
  }

  @Test
  void aSecondOfTheSameNameIsWarnedOfWhenItIsConfigured() throws Exception {
    Security.addProvider(provider("", "one"));
    assertEquals(List.of(), log.warnings());
    KeyholdProvider second = provider("", "two");
    assertWarned("one.properties", "two.properties", "name=second");
    assertEquals(-1, Security.addProvider(second));
  }

  @Test
  void aSecondOfTheSameNameIsWarnedOfWhenTheFirstIsUsedInItsPlace() throws Exception {
    KeyholdProvider first = provider("", "one");
    KeyholdProvider second = provider("", "two");
    assertEquals(List.of(), log.warnings());
    Security.addProvider(first);
    assertEquals(-1, Security.addProvider(second));
    KeyStore.getInstance("Keyhold").load(null, null);
    assertWarned("one.properties", "two.properties", "name=second");
    KeyStore.getInstance("Keyhold").load(null, null);
    assertEquals(1, log.warnings().size());
  }

  @Test
  void aKeyOfAProviderThatIsNotInstalledIsRefusedInWords() throws Exception {
    Security.addProvider(provider("", "one"));
    Key key = newKey(provider("name=orders ", "two"));
    Exception refused = assertThrows(InvalidKeyException.class, () -> encrypting(key));
    assertTrue(refused.getMessage().contains("Keyhold-orders"), refused.getMessage());
  }

  private void assertWarned(String... words) {
    assertEquals(1, log.warnings().size(), log.warnings()::toString);
    for (String word : words) {
      assertTrue(log.warnings().get(0).contains(word), log.warnings().get(0));
    }
  }

  @Test
  void oneOfAnotherClassLoaderIsWarnedOfAndWorksUnderANameOfItsOwn() throws Exception {
    KeyholdProvider first = provider("", "one");
    Security.addProvider(first);
    loader = classes();
    Provider second = provider(loader, configuration("two").toString());
    assertEquals(-1, Security.addProvider(second));
    assertWarned("one.properties", "two.properties", "name=second");

    Provider named = provider(loader, "name=orders " + configuration("three"));
    assertTrue(Security.addProvider(named) > 0);
    newKey(first);
    KeyStore keys = KeyStore.getInstance("Keyhold-orders");
    keys.load(null, null);
    assertEquals(0, keys.size());
    assertEquals("orders", key(KeyStore.getInstance("Keyhold")).toString().split(" ", 4)[2]);
  }

  /** The classes of this test, once more. */
  private static URLClassLoader classes() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(path).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private Provider provider(ClassLoader loader, String argument) throws Exception {
    Provider provider =
        (Provider)
            loader.loadClass("dev.keyhold.KeyholdProvider").getDeclaredConstructor().newInstance();
    provider.configure(argument);
    made.add(provider);
    return provider;
  }

  @ParameterizedTest
  @ValueSource(strings = {"name=", "name=orders", "name=or/ders x", "name= x", "name=-a x"})
  void aNameThatIsNoneIsSaidAtTheFirstUse(String argument) throws Exception {
    KeyholdProvider provider = new KeyholdProvider().configure(argument);
    made.add(provider);
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    Exception refused = assertThrows(RuntimeException.class, keys::aliases);
    assertTrue(
        refused.getMessage().contains("name=orders /etc/keyhold/orders.properties"),
        refused.getMessage());
  }

  @Test
  void aPathMayHaveSpacesAndANameMayBeGivenWhole() throws Exception {
    Path spaces = Files.createDirectory(folder.resolve("a folder"));
    Path file = Files.move(configuration("one"), spaces.resolve("one.properties"));
    KeyholdProvider provider = new KeyholdProvider().configure("name=Keyhold-a.b_1   " + file);
    made.add(provider);
    assertEquals("Keyhold-a.b_1", provider.getName());
    assertTrue(provider.health().live());
    newKey(provider);
  }
}
