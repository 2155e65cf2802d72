package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Providers that share epoch keys by a table: of H2, and of a PostgreSQL server where there is one.
 */
class JdbcBoardTest {
  private static final byte[] PLAIN = {1, 2, 3};
  private static final KeyholdParameterSpec NONE = KeyholdParameterSpec.NONE;

  private static final Logger LOG = Logger.getLogger("dev.keyhold.envelope");

  @TempDir Path folder;

  @Test
  void h2() throws Exception {
    share("jdbc:h2:" + folder.resolve("board") + ";AUTO_SERVER=TRUE", "sa");
  }

  @Test
  void postgreSql() throws Exception {
    try (PostgreSql server = PostgreSql.start()) {
      share(server.url(), PostgreSql.USER);
    }
  }

  /** Two providers with one key file and one board. */
  private void share(String url, String user) throws Exception {
    String[] lines = {
      "key.orders = b",
      "key.orders.data-keys = epoch",
      "board = " + url,
      "board.user = " + user,
      "board.password = file:board.secret",
      "board.deadline = 60s"
    };
    try (KeyholdFixture one = KeyholdFixture.of(BackendKind.SOFTWARE, folder, lines)) {
      Files.writeString(one.folder().resolve("board.secret"), "secret");
      SecretKey key = one.newKey("AES", "orders");
      try (KeyholdProvider other =
          new KeyholdProvider().configure(one.configuration().toString())) {
        byte[] mine = one.seal(key, PLAIN, NONE);
        byte[] theirs = encrypt(other);
        assertTrue(Arrays.equals(mine, 0, 256, theirs, 0, 256), "one epoch key");
        assertFalse(Arrays.equals(mine, 256, 316, theirs, 256, 316), "two data keys");
        assertArrayEquals(PLAIN, one.open(key, theirs, NONE));
      }
      assertEquals(1, rows(url, user));
      withALongEntryOnTheBoard(one, key, url, user);
    }
  }

  /** Whoever may alter the table puts an entry there that is longer than memory: not fetched. */
  private static void withALongEntryOnTheBoard(
      KeyholdFixture one, SecretKey key, String url, String user) throws Exception {
    try (Connection connection = DriverManager.getConnection(url, user, "secret");
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE keyhold_board ALTER COLUMN entry SET DATA TYPE TEXT");
      statement.execute("UPDATE keyhold_board SET entry = REPEAT('A', 20000000)");
    }
    List<String> told = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord event) {
            told.add(event.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    LOG.addHandler(handler);
    try (KeyholdProvider other = new KeyholdProvider().configure(one.configuration().toString())) {
      byte[] theirs = encrypt(other);
      assertArrayEquals(PLAIN, one.open(key, theirs, NONE));
    } finally {
      LOG.removeHandler(handler);
    }
    assertTrue(told.stream().noneMatch(text -> text.contains("board")), told.toString());
  }

  private static byte[] encrypt(KeyholdProvider provider) throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, keys.getKey("orders", null), NONE);
    return cipher.doFinal(PLAIN);
  }

  private static int rows(String url, String user) throws Exception {
    try (Connection connection = DriverManager.getConnection(url, user, "secret");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM keyhold_board")) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
