package dev.keyhold.conformance.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Takes down what a test measured, for the page COMPATIBILITY: one line for each, in a file of the
 * JDK that runs it.
 */
final class Compatibility {
  static final String YES = "yes";

  /** Could not be tried here: a tool is missing. */
  static final String UNKNOWN = "?";

  private Compatibility() {}

  /** The tables of the page. */
  enum Table {
    SERVERS("TLS servers"),
    CLIENTS("TLS clients"),
    CALLS("Calls to the backend for one full handshake, counted at the backend"),
    TOOLS("Tools of the JDK"),
    LIBRARIES("Libraries"),
    MANAGED(
        "Applications that manage the versions of libraries: encrypt and decrypt, with data keys"),
    APPLICATIONS("Applications and libraries as they are, by the call that they make");

    private final String title;

    Table(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** One thing that was measured. */
  record Row(Table table, String client, String what) {}

  static Path file(String jdk) {
    return Path.of("target", "compatibility", "jdk-" + jdk + ".txt");
  }

  static void works(Place place, Row row) throws IOException {
    is(place, row, YES);
  }

  static void is(Place place, Row row, String result) throws IOException {
    Path file = file(Integer.toString(Runtime.version().feature()));
    Files.createDirectories(file.getParent());
    String line =
        String.join("\t", row.table().name(), row.client(), row.what(), place.toString(), result);
    Files.write(file, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
