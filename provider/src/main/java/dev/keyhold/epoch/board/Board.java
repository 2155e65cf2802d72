package dev.keyhold.epoch.board;

import dev.keyhold.object.Header;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The place where processes leave wrapped epoch keys for each other, so that they use the same
 * ones. The board is not trusted, and nothing is lost if it is lost. Thread-safe. Every method may
 * block.
 */
public interface Board extends AutoCloseable {
  /** The longest entry that is read, in bytes: two headers and a little. */
  int MAX_ENTRY = 2 * Header.MAX_BLOCKS * Header.BLOCK + 16;

  /**
   * The place of an entry.
   *
   * @param series all entries that serve one purpose: 64 hexadecimal digits
   * @param slot the number of the span of time that it is for
   * @param part counts the entries of one slot, from 0
   */
  public record Place(String series, long slot, int part) {}

  /** Returns what stands at a place; empty if nothing does. */
  Optional<byte[]> read(Place place) throws IOException;

  /**
   * Puts an entry where none is.
   *
   * @return false if there is one already
   */
  boolean putIfAbsent(Place place, byte[] entry) throws IOException;

  /**
   * The age from which on no entry is used, whatever its series: no max-age is longer than a day.
   */
  Duration OLD = Duration.ofDays(3);

  /** Removes what a series has before a slot, and whatever is {@link #OLD}. */
  void forget(String series, long before) throws IOException;

  @Override
  void close();
}
