package dev.keyhold.epoch.board;

import dev.keyhold.config.BoardSettings;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.SecretSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;

/**
 * A board that is a table {@code keyhold_board} of a database, which is created if it does not
 * exist. The SQL is plain: H2 and PostgreSQL are tried. A connection is used for one access and
 * then closed: accesses are minutes apart, and so no connection can be stale. Thread-safe.
 */
final class JdbcBoard implements Board {
  /** The class of SQL states for a row that is there already (ISO 9075). */
  private static final String INTEGRITY = "23";

  private static final int LONGEST = 4 * ((MAX_ENTRY + 2) / 3);

  private static final String CREATE =
      "CREATE TABLE IF NOT EXISTS keyhold_board (series VARCHAR(64) NOT NULL, slot BIGINT NOT NULL,"
          + " part INTEGER NOT NULL, entry VARCHAR("
          + LONGEST
          + ") NOT NULL, made BIGINT NOT NULL, PRIMARY KEY (series, slot, part))";

  /** Anyone who may write the table may have altered it: what is too long is not fetched. */
  private static final String READ =
      "SELECT entry FROM keyhold_board WHERE series = ? AND slot = ? AND part = ?"
          + " AND LENGTH(entry) <= "
          + LONGEST;

  private static final String PUT =
      "INSERT INTO keyhold_board (series, slot, part, entry, made) VALUES (?, ?, ?, ?, ?)";
  private static final String FORGET =
      "DELETE FROM keyhold_board WHERE (series = ? AND slot < ?) OR made < ?";

  private final BoardSettings settings;
  private volatile boolean tableThere;

  JdbcBoard(BoardSettings settings) {
    this.settings = settings;
  }

  @FunctionalInterface
  private interface Query<T> {
    T on(PreparedStatement statement) throws SQLException;
  }

  @Override
  public Optional<byte[]> read(Place place) throws IOException {
    return ask(
        READ,
        statement -> {
          statement.setMaxRows(1);
          set(statement, place);
          try (ResultSet found = statement.executeQuery()) {
            return found.next()
                ? Optional.of(Base64.getDecoder().decode(found.getString(1)))
                : Optional.empty();
          }
        });
  }

  @Override
  public boolean putIfAbsent(Place place, byte[] entry) throws IOException {
    return ask(
        PUT,
        statement -> {
          set(statement, place);
          statement.setString(4, Base64.getEncoder().encodeToString(entry));
          statement.setLong(5, System.currentTimeMillis());
          try {
            statement.executeUpdate();
            return true;
          } catch (SQLIntegrityConstraintViolationException e) {
            return false;
          } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith(INTEGRITY)) {
              return false;
            }
            throw e;
          }
        });
  }

  @Override
  public void forget(String series, long before) throws IOException {
    ask(
        FORGET,
        statement -> {
          statement.setString(1, series);
          statement.setLong(2, before);
          statement.setLong(3, System.currentTimeMillis() - OLD.toMillis());
          return statement.executeUpdate();
        });
  }

  private static void set(PreparedStatement statement, Place place) throws SQLException {
    statement.setString(1, place.series());
    statement.setLong(2, place.slot());
    statement.setInt(3, place.part());
  }

  private <T> T ask(String sql, Query<T> query) throws IOException {
    try (Connection connection = connect()) {
      if (!tableThere) {
        makeTable(connection);
        tableThere = true;
      }
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        return query.on(statement);
      }
    } catch (SQLException e) { // drivers' messages may contain the URL, and the URL a password
      throw new IOException("SQL state " + e.getSQLState() + ", " + e.getClass().getName());
    } catch (IllegalArgumentException e) {
      throw new IOException("an entry that is not Base64", e);
    } catch (BackendException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Creates the table. If two processes create it at once, one may fail, but then the table exists.
   */
  private static void makeTable(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(CREATE);
    } catch (SQLException e) {
      try (PreparedStatement look = connection.prepareStatement(READ)) {
        look.setMaxRows(1);
        set(look, new Place("", 0, 0));
        look.executeQuery().close();
      } catch (SQLException missing) {
        e.addSuppressed(missing);
        throw e;
      }
    }
  }

  /** Connects to the database. JDBC takes a password as a string, which can't be zeroed. */
  private Connection connect() throws SQLException, BackendException, IOException {
    Properties properties = new Properties();
    settings.user().ifPresent(user -> properties.setProperty("user", user));
    Optional<SecretSource> password = settings.password();
    if (password.isPresent()) {
      char[] secret = password.get().read();
      properties.setProperty("password", new String(secret));
      Arrays.fill(secret, '\0');
    }
    String url = settings.url().orElseThrow();
    // not by DriverManager: its drivers depend on which class loader called it first
    for (Driver driver : ServiceLoader.load(Driver.class, JdbcBoard.class.getClassLoader())) {
      Connection connection = driver.connect(url, properties);
      if (connection != null) {
        return connection;
      }
    }
    throw new IOException("no JDBC driver on the class path takes its URL");
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "the board " + settings;
  }
}
