package dev.keyhold.conformance.golden;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.Pattern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Golden objects of one released version of the format, with the key file that opens them. The list
 * in {@code objects.txt} says what each holds: its name, and the lengths of plaintext, IV and AAD,
 * whose bytes are those of {@link Pattern}; then, where they are others, its alias and its tenant.
 */
record GoldenFolder(Path path) {
  /** The alias that objects are for where nothing else is said. */
  static final String ALIAS = "orders";

  /** One object; lengths in bytes. */
  record Entry(
      GoldenFolder folder,
      String name,
      int plainLength,
      int ivLength,
      int aadLength,
      String alias,
      Optional<String> tenant) {
    Path file() {
      return folder.path.resolve(name + ".khld");
    }

    byte[] plain() {
      return Pattern.bytes(plainLength);
    }

    KeyholdParameterSpec parameters() {
      KeyholdParameterSpec parameters =
          KeyholdParameterSpec.NONE
              .withIv(Pattern.bytes(ivLength))
              .withAad(Pattern.bytes(aadLength));
      return tenant.map(parameters::withTenant).orElse(parameters);
    }

    @Override
    public String toString() {
      return folder.path.getFileName() + "/" + name;
    }
  }

  /** All versions, of which there is at least one. */
  static List<GoldenFolder> all() {
    try {
      Path golden =
          Path.of(Objects.requireNonNull(GoldenFolder.class.getResource("/golden")).toURI());
      try (Stream<Path> versions = Files.list(golden)) {
        return versions.filter(Files::isDirectory).sorted().map(GoldenFolder::new).toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  List<Entry> entries() {
    try (Stream<String> lines = Files.lines(path.resolve("objects.txt"))) {
      return lines.filter(line -> !line.startsWith("#")).map(this::entry).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Entry entry(String line) {
    String[] fields = line.split(" +", -1);
    return new Entry(
        this,
        fields[0],
        Integer.parseInt(fields[1]),
        Integer.parseInt(fields[2]),
        Integer.parseInt(fields[3]),
        fields.length > 4 ? fields[4] : ALIAS,
        fields.length > 5 ? Optional.of(fields[5]) : Optional.empty());
  }

  Path keyFile() {
    return path.resolve("keys.keyhold");
  }

  /** The password of the key file, which holds nothing but test data. */
  String password() {
    try {
      return Files.readString(path.resolve("password.txt")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A provider that has the keys; the caller closes it. */
  KeyholdProvider provider() {
    return new KeyholdProvider().configure(path.resolve("keyhold.properties").toString());
  }
}
