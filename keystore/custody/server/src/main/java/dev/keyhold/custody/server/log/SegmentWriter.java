package dev.keyhold.custody.server.log;

import dev.keyhold.custody.proof.log.Records;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes records to the segments and forces them. After a failure nothing more is written to the
 * file that failed as it is: what was forced before stays, the rest is written anew. Used by one
 * thread.
 */
final class SegmentWriter implements Closeable {
  private static final int BUFFER = 1 << 16;

  /** What has to be done before the segment is written to again. */
  private enum Damage {
    NONE,
    /** A write failed: there may be bytes beyond the forced ones. */
    WRITE,
    /** A force failed: the page cache may show what the disk never had. */
    FORCE
  }

  private final LogFolder folder;
  private final LogFiles files;
  private long number;
  private int records;

  /** How many bytes of the segment are on the disk. */
  private long forced;

  private long earlierBytes;
  private LogFiles.Appender out;
  private Damage damage = Damage.NONE;

  /** Begins after what a segment has; the segment is copied first. */
  SegmentWriter(
      LogFolder folder,
      LogFiles files,
      long number,
      int records,
      long validBytes,
      long earlierBytes)
      throws IOException {
    this.folder = folder;
    this.files = files;
    this.number = number;
    this.records = records;
    this.forced = validBytes;
    this.earlierBytes = earlierBytes;
    copy();
  }

  /** Returns how many bytes all segments have. */
  long bytes() {
    return earlierBytes + forced;
  }

  /**
   * Writes as many of the records as the segment has room for, and forces them.
   *
   * @return how many: at least one
   * @throws IOException if none of them is known to be on the disk; the call may be repeated
   */
  int append(List<byte[]> batch) throws IOException {
    mend();
    if (records == Records.SEGMENT) {
      next();
    }
    int count = Math.min(batch.size(), Records.SEGMENT - records);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    batch.subList(0, count).forEach(bytes::writeBytes);
    damage = Damage.WRITE;
    out.append(bytes.toByteArray());
    damage = Damage.FORCE;
    out.force();
    damage = Damage.NONE;
    forced += bytes.size();
    records += count;
    return count;
  }

  private void mend() throws IOException {
    if (damage == Damage.WRITE) {
      damage = Damage.FORCE; // unless the cut and its force succeed
      out.truncate(forced);
      out.force();
      damage = Damage.NONE;
    } else if (damage == Damage.FORCE) {
      copy();
    }
  }

  private void next() throws IOException {
    Path file = folder.segment(number + 1);
    Files.deleteIfExists(file); // an empty one, if forcing the folder failed
    LogFiles.Appender fresh = files.create(file);
    boolean done = false;
    try {
      fresh.force();
      files.forceFolder(file);
      done = true;
    } finally {
      if (!done) {
        fresh.close();
      }
    }
    out.close();
    out = fresh;
    number++;
    records = 0;
    earlierBytes += forced;
    forced = 0;
  }

  /** Copies what is known to be on the disk to a new file, forces that, and goes on with it. */
  private void copy() throws IOException {
    damage = Damage.FORCE;
    if (out != null) {
      out.close();
    }
    Path segment = folder.segment(number);
    Path copy = folder.copyOfSegment(number);
    Files.deleteIfExists(copy);
    LogFiles.Appender fresh = files.create(copy);
    out = fresh;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(segment), BUFFER)) {
      long left = forced;
      while (left > 0) {
        byte[] part = in.readNBytes((int) Math.min(left, BUFFER));
        if (part.length == 0) {
          throw new IOException(segment + " is shorter than what was forced to it");
        }
        fresh.append(part);
        left -= part.length;
      }
    }
    fresh.force();
    files.replace(copy, segment);
    damage = Damage.NONE;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
