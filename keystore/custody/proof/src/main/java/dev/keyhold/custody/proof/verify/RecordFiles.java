package dev.keyhold.custody.proof.verify;

import dev.keyhold.custody.proof.log.Records;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the records of the numbered files of a folder, {@code segment} or {@code history}. */
final class RecordFiles {
  private static final int BUFFER = 1 << 20;

  private RecordFiles() {}

  /** Takes the records one by one. */
  @FunctionalInterface
  interface Sink {
    void take(long index, byte[] bytes, byte[] hash) throws IOException;
  }

  /**
   * Where reading ended.
   *
   * @param count how many records were read
   * @param damage what stopped it before the end of the last file, or null
   * @param isTorn whether the last file ends inside a record
   */
  record Ending(long count, String damage, boolean isTorn) {}

  static Ending read(Path folder, Sink sink) throws IOException {
    List<String> names = names(folder);
    long count = 0;
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (!name.equals(Records.fileName(i))) {
        return new Ending(
            count, "the file " + name + " stands where " + Records.fileName(i) + " belongs", false);
      }
      boolean last = i == names.size() - 1;
      try (InputStream in =
          new BufferedInputStream(Files.newInputStream(folder.resolve(name)), BUFFER)) {
        for (int within = 0; ; within++) {
          Records.Read read = Records.read(in);
          if (read.end() == Records.End.FILE) {
            if (!last && within != Records.SEGMENT) {
              return new Ending(count, name + " has only " + within + " records", false);
            }
            break;
          }
          if (read.end() == Records.End.TORN && last) {
            return new Ending(count, null, true);
          }
          if (read.end() != Records.End.RECORD || within == Records.SEGMENT) {
            return new Ending(count, "record " + within + " of " + name + " is damaged", false);
          }
          sink.take(count++, read.bytes(), read.hash());
        }
      }
    }
    return new Ending(count, null, false);
  }

  private static List<String> names(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .forEach(names::add);
    }
    return names;
  }
}
