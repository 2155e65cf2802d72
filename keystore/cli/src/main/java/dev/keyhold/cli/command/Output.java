package dev.keyhold.cli.command;

import java.io.IOException;
import java.io.OutputStream;

/** Where a command writes. Closed without {@link #commit}, it is as if nothing had been written. */
public interface Output extends AutoCloseable {
  /** Returns the stream to write to; closing it only flushes. */
  OutputStream stream();

  /** Makes lasting what was written. */
  void commit() throws IOException;

  @Override
  void close() throws IOException;
}
