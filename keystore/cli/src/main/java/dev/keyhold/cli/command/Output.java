package dev.keyhold.cli.command;

import java.io.IOException;
import java.io.OutputStream;

/** The output of a command. If it is closed without {@link #commit}, nothing is written. */
public interface Output extends AutoCloseable {
  /** Returns the stream to write to; closing it only flushes. */
  OutputStream stream();

  /** Makes lasting what was written. */
  void commit() throws IOException;

  @Override
  void close() throws IOException;
}
