package dev.keyhold.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A file of 100 MB or more. */
final class SampleFile {
  private static final long MIN_LENGTH = 100_000_000;
  private static final int MADE_MEBIBYTES = 128;

  private SampleFile() {}

  /**
   * Returns the JDK's own image of its classes where there is one, else a file made in a folder.
   */
  static Path find(Path folder) throws IOException {
    Path image = Path.of(System.getProperty("java.home"), "lib", "modules");
    return Files.isReadable(image) && Files.size(image) >= MIN_LENGTH
        ? image
        : make(folder.resolve("sample"));
  }

  private static Path make(Path file) throws IOException {
    Random content = new Random(1);
    byte[] mebibyte = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < MADE_MEBIBYTES; i++) {
        content.nextBytes(mebibyte);
        out.write(mebibyte);
      }
    }
    return file;
  }
}
