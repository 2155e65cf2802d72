package dev.keyhold.config;

import dev.keyhold.keystore.SecretSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The place where processes share wrapped epoch keys: {@code board} of a configuration. Immutable.
 *
 * @param directory the directory, where it is one
 * @param url the JDBC URL, where it is a database
 * @param user of the database
 * @param password of the database
 * @param deadline how long one look at the board may take
 */
public record BoardSettings(
    Optional<Path> directory,
    Optional<String> url,
    Optional<String> user,
    Optional<SecretSource> password,
    Duration deadline) {
  private static final String JDBC = "jdbc:";
  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(2);
  private static final Set<String> OPTIONS = Set.of("deadline", "password", "user");

  static Optional<BoardSettings> of(Configuration configuration) {
    Optional<String> place = configuration.value("board");
    Optional<String> user = configuration.value("board.user");
    Optional<SecretSource> password =
        configuration
            .value("board.password")
            .map(text -> Secrets.source(configuration, "board.password", text));
    Duration deadline = configuration.duration("board.deadline", DEFAULT_DEADLINE);
    boolean database = place.filter(text -> text.startsWith(JDBC)).isPresent();
    if (!database && (user.isPresent() || password.isPresent())) {
      throw configuration.invalid(
          user.isPresent() ? "board.user" : "board.password",
          "is about a board in a database; add board = jdbc:...");
    }
    return place.map(
        text ->
            new BoardSettings(
                database ? Optional.empty() : Optional.of(configuration.resolve("board", text)),
                database ? place : Optional.empty(),
                user,
                password,
                deadline));
  }

  /**
   * Returns whether another configuration has the same board; the password itself is not compared.
   */
  public boolean isLike(BoardSettings other) {
    return directory.equals(other.directory)
        && url.equals(other.url)
        && user.equals(other.user)
        && password.isPresent() == other.password.isPresent()
        && deadline.equals(other.deadline);
  }

  static void requireKnown(Configuration configuration, String property) {
    if (!OPTIONS.contains(property.substring("board.".length()))) {
      throw configuration.invalid(
          property,
          "is not an option of a board; there are: " + String.join(", ", new TreeSet<>(OPTIONS)));
    }
    if (configuration.board().isEmpty()) {
      throw configuration.invalid(property, "belongs to no board; add board = <directory>");
    }
  }

  /**
   * Returns the settings without the source of the password and without the part of a URL after the
   * host.
   */
  @Override
  public String toString() {
    return directory.map(Path::toString).orElseGet(this::place);
  }

  /**
   * Returns the place without secrets: a URL can have a user and password before the host, and
   * options after the database.
   */
  private String place() {
    String whole = url.orElse("").split("[?;]", 2)[0];
    int host = whole.lastIndexOf('@') + 1;
    return host == 0 ? whole : JDBC + "..." + whole.substring(host);
  }
}
