package dev.keyhold.cli.object;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Keeps the first bytes of a stream that is read: as many as a header can have. */
final class Beginning extends FilterInputStream {
  /** The length of the longest header, in bytes. */
  static final int MAX_HEADER = 64 * 1024;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  Beginning(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    if (value >= 0 && kept.size() < MAX_HEADER) {
      kept.write(value);
    }
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    if (count > 0) {
      kept.write(bytes, offset, Math.min(count, MAX_HEADER - kept.size()));
    }
    return count;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** Returns what was read of them so far. */
  byte[] bytes() {
    return kept.toByteArray();
  }
}
