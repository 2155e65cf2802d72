package dev.keyhold.cli.object;

import dev.keyhold.cli.command.Output;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** Standard output: what was written there can't be taken back. */
final class StreamOutput implements Output {
  private final PrintStream out;

  StreamOutput(PrintStream out) {
    this.out = out;
  }

  /** Reports that the reader at the other end has gone, which a PrintStream does not. */
  @Override
  public OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        out.write(b);
        check();
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        check();
      }

      private void check() throws IOException {
        if (out.checkError()) {
          throw new IOException("standard output can't be written to any more");
        }
      }
    };
  }

  @Override
  public void commit() throws IOException {
    if (out.checkError()) {
      throw new IOException("standard output can't be written to any more");
    }
  }

  @Override
  public void close() {
    out.flush();
  }
}
