package dev.keyhold.admin;

import dev.keyhold.config.BoardSettings;
import dev.keyhold.config.Configuration;
import java.nio.file.Path;
import java.util.Optional;

/** The parts of a configuration other than aliases and backends. Immutable. */
public final class ConfigurationInfo {
  /** The most bytes that a configuration file may have. */
  public static final int MAX_LENGTH = Configuration.MAX_LENGTH;

  private final Configuration configuration;

  ConfigurationInfo(Configuration configuration) {
    this.configuration = configuration;
  }

  /** Returns the file that it was read from. */
  public Path path() {
    return configuration.path();
  }

  /** Returns why no key can be used with it; empty if some can. */
  public Optional<String> lack() {
    return configuration.lack();
  }

  /** Returns the backend where generators create keys that have no alias yet. */
  public Optional<String> generate() {
    return configuration.generate();
  }

  /** Returns the folder where headers are noted that lack a key of their alias. */
  public Optional<RewrapQueueInfo> rewrapQueue() {
    return configuration.rewrapQueue().map(RewrapQueueInfo::new);
  }

  /**
   * The place where processes share epoch keys.
   *
   * @param directory the directory, where it is one
   * @param url the JDBC URL, where it is a database
   * @param words the place without any secret
   */
  public record BoardInfo(Optional<Path> directory, Optional<String> url, String words) {
    private static BoardInfo of(BoardSettings board) {
      return new BoardInfo(board.directory(), board.url(), board.toString());
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** Returns where processes share epoch keys. */
  public Optional<BoardInfo> board() {
    return configuration.board().map(BoardInfo::of);
  }

  /**
   * Returns what a file is for this configuration, such as {@code the file of backend.hsm.pin};
   * empty if nothing.
   */
  public Optional<String> role(Path file) {
    return configuration.ownFiles().role(file);
  }

  /** Returns {@link #role} of a file that is to hold a new secret, as a configured one may. */
  public Optional<String> roleBesideSecrets(Path file) {
    return configuration.ownFiles().roleBesideSecrets(file);
  }
}
