package dev.keyhold.custody.proof.made;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What somebody does to the files of a log. */
public final class FileFaults {
  private FileFaults() {}

  /** Returns the files of a folder in order. */
  public static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Changes one bit of a file. */
  public static void flip(Path file, int position, int bit) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[position] ^= (byte) (1 << bit);
    Files.write(file, content);
  }

  /** Does one of several things to the files, and says what. */
  public static String apply(Path folder, Random random) throws IOException {
    List<Path> files = files(folder);
    Path file = files.get(random.nextInt(files.size()));
    byte[] content = Files.readAllBytes(file);
    int position = random.nextInt(content.length);
    String name = folder.relativize(file).toString();
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        flip(file, position, random.nextInt(8));
        return "a bit of byte " + position + " of " + name;
      }
      case 2 -> {
        Files.write(file, Arrays.copyOf(content, position));
        return name + " cut at " + position;
      }
      case 3 -> {
        Files.delete(file);
        return name + " deleted";
      }
      case 4 -> {
        Files.write(file, Arrays.copyOf(content, content.length + 1 + random.nextInt(40)));
        return "zeros after " + name;
      }
      default -> {
        Files.copy(file, file.resolveSibling("7"));
        return name + " copied beside itself as 7";
      }
    }
  }
}
