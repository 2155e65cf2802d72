package dev.keyhold.custody.server.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** What a log does to a disk. The disk itself is {@link DiskFiles}; a test has it fail. */
public interface LogFiles {
  /** A file that is written at its end. Used by one thread. */
  interface Appender extends Closeable {
    /** Writes all the bytes at the end. */
    void append(byte[] bytes) throws IOException;

    /** Returns once all that was written is on the disk. */
    void force() throws IOException;

    /** Cuts the file to this length. */
    void truncate(long length) throws IOException;
  }

  /** Creates an empty file, which must not be there, for its owner alone. */
  Appender create(Path file) throws IOException;

  /** Gives a file that is on the disk the place of another, on the disk when this returns. */
  void replace(Path file, Path place) throws IOException;

  /** Gives a file this content, whole or not at all, on the disk when this returns. */
  void write(Path file, byte[] content) throws IOException;

  /** Forces the names in the folder of a file to the disk. */
  void forceFolder(Path file) throws IOException;

  /** Returns how many bytes may still be written to the disk of a folder. */
  long usable(Path folder) throws IOException;
}
