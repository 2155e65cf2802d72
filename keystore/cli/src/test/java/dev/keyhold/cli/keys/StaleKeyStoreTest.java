package dev.keyhold.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdKey;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.cli.Cli;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A live key store whose aliases mean other keys by the time that it is stored. */
class StaleKeyStoreTest {
  @TempDir Path folder;
  private Cli cli;
  private KeyholdProvider first;
  private KeyholdProvider second;

  @BeforeEach
  void createTwoKeys() throws IOException {
    cli = Cli.in(folder);
    assertEquals(0, cli.run("keys", "create", "a").code());
    assertEquals(0, cli.run("keys", "create", "b").code());
    first = new KeyholdProvider().configure(cli.config().toString());
    second = new KeyholdProvider().configure(cli.config().toString());
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private static KeyStore live(KeyholdProvider provider) throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    return keys;
  }

  private static String uri(KeyStore keys, String alias) throws Exception {
    return ((KeyholdKey) keys.getKey(alias, null)).uri().toString();
  }

  private static void refuses(KeyStore stale) {
    IOException e = assertThrows(IOException.class, () -> stale.store(null, null));
    assertTrue(e.getMessage().contains("nothing was changed"), e.getMessage());
    assertTrue(e.getMessage().contains("load the key store again"), e.getMessage());
  }

  @Test
  void aDeletionTakesNoAliasOffAKeyThatItDidNotSee() throws Exception {
    KeyStore stale = live(first);
    stale.deleteEntry("a");
    KeyStore other = live(second);
    Key keyOfB = other.getKey("b", null);
    String wanted = uri(other, "b");
    other.deleteEntry("a");
    other.setKeyEntry("a", keyOfB, null, null);
    other.store(null, null);
    assertEquals(wanted, uri(live(second), "a"));
    refuses(stale);
    assertEquals(wanted, uri(live(second), "a"));
  }

  @Test
  void aRenameReplacesNoKeyThatItDidNotSee() throws Exception {
    KeyStore stale = live(first);
    stale.setKeyEntry("new", stale.getKey("a", null), null, null);
    assertEquals(0, cli.run("keys", "create", "new").code());
    String made = uri(live(second), "new");
    refuses(stale);
    assertEquals(made, uri(live(second), "new"));
  }
}
