package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyManagementException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A live key store is a copy until it is stored, as JCA code takes any key store to be. */
@ResourceLock("java.security.Security")
class LiveKeyStoreTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;
  private PairFixture fixture;

  @AfterEach
  void remove() {
    fixture.close();
  }

  private void open(String... lines) throws Exception {
    fixture = new PairFixture(folder, true, lines);
    fixture.pair("a", "EC", null, Purpose.SIGN);
    fixture.pair("b", "EC", null, Purpose.SIGN);
    fixture.pair("c", "EC", null, Purpose.SIGN);
  }

  private List<String> aliases() throws Exception {
    return Collections.list(fixture.live().aliases());
  }

  @Test
  void whoMakesAPrivateCopyOfOneAliasTakesNoneAway() throws Exception {
    open();
    KeyStore copy = fixture.live();
    for (String alias : Collections.list(copy.aliases())) { // as Vert.x does, without store()
      if (!alias.equals("b")) {
        copy.deleteEntry(alias);
      }
    }
    assertEquals(List.of("b"), Collections.list(copy.aliases()));
    assertEquals(1, copy.size());
    assertFalse(copy.containsAlias("a"));
    assertNull(copy.getKey("a", null));
    assertEquals(List.of("a", "b", "c"), aliases());
    copy.load(null, null);
    assertEquals(List.of("a", "b", "c"), Collections.list(copy.aliases()), "load drops changes");
  }

  @Test
  void deletionsHappenWhenStoredAndLeaveAWayBack() throws Exception {
    open();
    KeyStore store = fixture.live();
    store.deleteEntry("a");
    store.deleteEntry("never-was");
    List<String> warnings;
    try (LogOf log = new LogOf()) {
      store.store(null, "no PIN".toCharArray());
      warnings = log.warnings;
    }
    assertEquals(List.of("b", "c"), aliases());
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.get(0).contains("keyhold keys restore-alias a fake:"), warnings.get(0));
    store.store(null, null);
    assertEquals(List.of("b", "c"), aliases(), "nothing waits any more");
  }

  @Test
  void setNewAndDeleteOldIsOneRename() throws Exception {
    open();
    KeyStore store = fixture.live();
    Key key = store.getKey("a", null);
    Certificate[] chain = store.getCertificateChain("a");
    store.setKeyEntry("new", key, null, chain);
    assertEquals(List.of("b", "c", "new"), Collections.list(store.aliases()));
    assertTrue(store.isKeyEntry("new"));
    assertEquals(chain[0].getPublicKey(), store.getCertificate("new").getPublicKey());
    store.deleteEntry("a");
    assertEquals(List.of("a", "b", "c"), aliases());
    store.store(null, null);
    assertEquals(List.of("b", "c", "new"), aliases());
    assertEquals(chain[0].getPublicKey(), fixture.live().getCertificate("new").getPublicKey());
  }

  @Test
  void aRenameThatIsTakenBackIsNone() throws Exception {
    open();
    KeyStore store = fixture.live();
    store.setKeyEntry("new", store.getKey("a", null), null, store.getCertificateChain("a"));
    store.deleteEntry("new");
    assertTrue(store.containsAlias("a"));
    store.store(null, null);
    assertEquals(List.of("a", "b", "c"), aliases());
  }

  @Test
  void twoKeysChangeTheirAliases() throws Exception {
    open();
    KeyStore store = fixture.live();
    Certificate a = store.getCertificate("a");
    Certificate b = store.getCertificate("b");
    Key keyA = store.getKey("a", null);
    store.setKeyEntry("a", store.getKey("b", null), null, new Certificate[] {b});
    store.setKeyEntry("b", keyA, null, new Certificate[] {a});
    assertEquals(b.getPublicKey(), store.getCertificate("a").getPublicKey());
    store.store(null, null);
    assertEquals(List.of("a", "b", "c"), aliases());
    assertEquals(b.getPublicKey(), fixture.live().getCertificate("a").getPublicKey());
    assertEquals(a.getPublicKey(), fixture.live().getCertificate("b").getPublicKey());
  }

  @Test
  void aReplacementWaitsAndLeavesTheFormerKeyWithAWarning() throws Exception {
    open("generate = b");
    KeyPair unnamed = KeyPairGenerator.getInstance("EC").generateKeyPair();
    KeyStore store = fixture.live();
    Certificate[] chain = {TestCertificates.selfSigned(unnamed, "CN=another")};
    store.setKeyEntry("a", unnamed.getPrivate(), null, chain);
    assertArrayEquals(chain, store.getCertificateChain("a"));
    assertFalse(chain[0].equals(fixture.live().getCertificate("a")));
    List<String> warnings;
    try (LogOf log = new LogOf()) {
      store.store(null, null);
      warnings = log.warnings;
    }
    assertArrayEquals(chain, fixture.live().getCertificateChain("a"));
    assertTrue(warnings.toString().contains("alias a was taken off its key"), warnings.toString());
  }

  @Test
  void keysWithoutAnAliasAndImportsActAtOnce() throws Exception {
    open("generate = b", "backend.b.import = allow");
    KeyPair unnamed = KeyPairGenerator.getInstance("EC").generateKeyPair();
    assertEquals(List.of("a", "b", "c"), aliases(), "a key without an alias is none to choose");
    KeyStore store = fixture.live();
    store.setKeyEntry(
        "fresh",
        unnamed.getPrivate(),
        null,
        new Certificate[] {TestCertificates.selfSigned(unnamed, "CN=fresh")});
    assertEquals(List.of("a", "b", "c", "fresh"), aliases());
    store.deleteEntry("a");
    KeyStoreException e =
        assertThrows(
            KeyStoreException.class,
            () -> store.setKeyEntry("a", new SecretKeySpec(new byte[32], "AES"), null, null));
    assertTrue(e.getMessage().contains("store it, then import"), e.getMessage());
  }

  /** Its key has no name at the backend, and other files may refer to it as it is. */
  @Test
  void anEntryOfAFileGetsANameWhenALiveKeyStoreIsStored() throws Exception {
    open("generate = b");
    KeyPair unnamed = KeyPairGenerator.getInstance("EC").generateKeyPair();
    Certificate[] chain = {TestCertificates.selfSigned(unnamed, "CN=web")};
    KeyStore file = stored(fixture.live());
    file.setKeyEntry("web", unnamed.getPrivate(), null, chain);
    Key key = file.getKey("web", null);

    KeyStore other = fixture.live();
    other.setKeyEntry("shop", key, null, file.getCertificateChain("web"));
    KeyStore written = stored(other);
    assertEquals(List.of("shop"), Collections.list(written.aliases()));
    assertArrayEquals(chain, written.getCertificateChain("shop"));
    assertEquals(List.of("a", "b", "c"), aliases(), "a file names nothing at the backend");
    assertEquals(key, file.getKey("web", null));

    other.store(null, null);
    assertEquals(List.of("a", "b", "c", "shop"), aliases());
    assertArrayEquals(chain, fixture.live().getCertificateChain("shop"));
  }

  @Test
  void noKeyIsMadeWithoutAnAliasWhereItWouldNeverGetOne() throws Exception {
    open("generate = b");
    fixture.backend().renames = false;
    assertThrows(
        KeyManagementException.class, () -> KeyPairGenerator.getInstance("EC").generateKeyPair());
    assertEquals(3, fixture.backend().pairs.size(), "nothing is left behind");
  }

  @Test
  void storeChecksAllOfItFirst() throws Exception {
    open("key.pair = any-of(b:c, b:b)");
    KeyStore store = fixture.live();
    store.deleteEntry("a");
    store.deleteEntry("c");
    IOException e = assertThrows(IOException.class, () -> store.store(null, null));
    assertTrue(e.getMessage().startsWith("nothing was changed: alias c: key.pair"), e.getMessage());
    assertEquals(List.of("a", "b", "c", "pair"), aliases());
    store.setCertificateEntry("root", store.getCertificate("b"));
    assertTrue(
        assertThrows(IOException.class, () -> store.store(null, null))
            .getMessage()
            .contains("root"));
    fixture.backend().renames = false;
    store.deleteEntry("root");
    e = assertThrows(IOException.class, () -> store.store(null, null));
    assertTrue(e.getMessage().contains("alias a: the name of key b:a is permanent"), e.toString());
  }

  @Test
  void aFailureHalfWaySaysWhatWasDone() throws Exception {
    open();
    KeyStore store = fixture.live();
    store.deleteEntry("a");
    store.setKeyEntry("new", store.getKey("b", null), null, store.getCertificateChain("b"));
    fixture.backend().failing("rename", "new");
    IOException e = assertThrows(IOException.class, () -> store.store(null, null));
    assertTrue(e.getMessage().contains("Done before: the alias a was taken off"), e.getMessage());
    assertTrue(e.getMessage().contains("Not done: the changes of new"), e.getMessage());
    assertEquals(List.of("b", "c"), aliases());
    fixture.backend().failing("", "");
    store.store(null, null);
    assertEquals(List.of("c", "new"), aliases(), "what was left is done");
  }

  @Test
  void aliasesOfTheConfigurationCanBeLeftOutOfACopy() throws Exception {
    open("key.web = b:a");
    KeyStore copy = fixture.live();
    copy.setKeyEntry("web", copy.getKey("web", null), null, copy.getCertificateChain("web"));
    copy.deleteEntry("web");
    assertFalse(copy.containsAlias("web"));
    IOException e = assertThrows(IOException.class, () -> copy.store(null, null));
    assertTrue(e.getMessage().contains("key.web"), e.getMessage());
  }

  @Test
  void aFileOfALiveKeyStoreHoldsWhatIsShown() throws Exception {
    open();
    KeyStore all = stored(fixture.live());
    assertEquals(List.of("a", "b", "c"), Collections.list(all.aliases()));
    assertEquals(fixture.live().getKey("b", null), all.getKey("b", null));
    assertNotNull(all.getCertificateChain("b"));
    KeyStore some = fixture.live();
    some.deleteEntry("a");
    assertEquals(List.of("b", "c"), Collections.list(stored(some).aliases()));
    KeyStore one = fixture.live();
    one.setKeyEntry("c", one.getKey("c", null), null, one.getCertificateChain("c"));
    assertEquals(List.of("c"), Collections.list(stored(one).aliases()), "what was set");
    fixture.backend().fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "away");
    assertThrows(IOException.class, () -> stored(fixture.live()));
  }

  @Test
  void noFileIsWrittenOfNothing() throws Exception {
    fixture = new PairFixture(folder, true);
    IOException e = assertThrows(IOException.class, () -> stored(fixture.live()));
    assertTrue(e.getMessage().contains("nothing to write"), e.getMessage());
  }

  private KeyStore stored(KeyStore store) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, PASSWORD);
    KeyStore again = KeyStore.getInstance("Keyhold", fixture.provider());
    again.load(new ByteArrayInputStream(bytes.toByteArray()), PASSWORD);
    return again;
  }

  /** Gathers the warnings of the key store. */
  private static final class LogOf extends Handler implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger("dev.keyhold.keystore");

    private final List<String> warnings = new ArrayList<>();

    LogOf() {
      LOGGER.addHandler(this);
    }

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
        warnings.add(java.text.MessageFormat.format(line.getMessage(), line.getParameters()));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      LOGGER.removeHandler(this);
    }
  }
}
