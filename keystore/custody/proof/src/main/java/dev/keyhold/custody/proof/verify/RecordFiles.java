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
    List<String> names = new ArrayList<>();
    List<String> strangers = new ArrayList<>();
    list(folder, names, strangers);
    long count = 0;
    boolean torn = false;
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).equals(Records.fileName(i))) {
        return new Ending(count, "the file " + Records.fileName(i) + " is not there", false);
      }
      boolean last = i == names.size() - 1;
      try (InputStream in =
          new BufferedInputStream(Files.newInputStream(folder.resolve(names.get(i))), BUFFER)) {
        Ending ending = read(in, last, count, sink);
        count = ending.count;
        torn = ending.isTorn;
        if (ending.damage != null) {
          return new Ending(count, ending.damage + " of " + names.get(i), false);
        }
      }
    }
    return new Ending(
        count, strangers.isEmpty() ? null : strangers.get(0) + " is not a file of records", torn);
  }

  private static Ending read(InputStream in, boolean last, long before, Sink sink)
      throws IOException {
    long count = before;
    for (int within = 0; ; within++) {
      Records.Read read = Records.read(in);
      if (read.end() == Records.End.FILE) {
        boolean full = last || within == Records.SEGMENT;
        return new Ending(count, full ? null : "too few records: end", false);
      }
      if (within == Records.SEGMENT) {
        return new Ending(count, "too many records: end", false);
      }
      if (read.end() == Records.End.TORN && last) {
        return new Ending(count, null, true);
      }
      if (read.end() != Records.End.RECORD) {
        return new Ending(count, "length or check value of record " + within, false);
      }
      sink.take(count++, read.bytes(), read.hash());
    }
  }

  private static void list(Path folder, List<String> names, List<String> strangers)
      throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files
          .sorted()
          .forEach(
              file -> {
                String name = file.getFileName().toString();
                if (name.matches("[0-9]{8}") && Files.isRegularFile(file)) {
                  names.add(name);
                } else if (!name.startsWith(".")) {
                  strangers.add(name);
                }
              });
    }
  }
}
