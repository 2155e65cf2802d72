package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Object identifiers and the names of parameter sets and curves are in one table: a new parameter
 * set is one line there, and the classes that compute from it stay as they are.
 */
class AlgorithmTableTest {
  private static final Path TOP = Path.of("..");
  private static final String TABLE = "AlgorithmTable.java";

  /**
   * Its verifier depends on nothing of Keyhold, and its server names what certificates of clients
   * have, not keys of backends.
   */
  private static final Path CUSTODY = TOP.resolve("keystore/custody");

  /** A string or a byte array that is an object identifier, or a part of one. */
  private static final List<Pattern> IDENTIFIERS =
      List.of(
          Pattern.compile("\"(?:OID\\.)?[0-2](?:\\\\*\\.\\d+){2,}\\\\*\\.?\""),
          Pattern.compile("(?:OID|[0-2])(?:\\\\\\\\\\.\\d+){3,}"),
          Pattern.compile("0x06, *0x[01][0-9A-Fa-f], *(?:0x|\\(byte\\))"),
          Pattern.compile("(?i)\"[^\"\n]*06(?:0[3-9a-f])(?:2a86|6086|2b|55)[^\"\n]*\""));

  private static final Pattern NAMES =
      Pattern.compile("\"(?:ML-(?:DSA|KEM)-\\d+|(?:secp|P-)\\d{3}(?:r1)?)\"");

  @Test
  void noOtherClassHasAnObjectIdentifier() throws Exception {
    assertEquals(Set.of(TABLE), with(IDENTIFIERS));
  }

  @Test
  void noOtherClassNamesAParameterSetOrACurve() throws Exception {
    assertEquals(Set.of(TABLE), with(List.of(NAMES)));
  }

  /** So that the patterns are known to find what they are for. */
  @Test
  void identifiersAreFoundInEachForm() {
    for (String code :
        List.of(
            "oid(\"1.2.840.113549.1.1.11\")",
            "oid(\"2.5.4.3\")",
            "NIST = \"2.16.840.1.101.3.4.\";",
            "\"CN=.*, OID\\\\.2\\\\.5\\\\.4\\\\.5=\"",
            "{0x30, 0x0B, 0x06, 0x09, 0x60, (byte) 0x86}",
            "parseHex(\"300b0609608648016503040311\")")) {
      assertTrue(IDENTIFIERS.stream().anyMatch(pattern -> pattern.matcher(code).find()), code);
    }
    for (String code :
        List.of("\"127.0.0.1\"", "\"1.8\"", "\"0.1.0-SNAPSHOT\"", "parse(\"1.5\")")) {
      assertTrue(IDENTIFIERS.stream().noneMatch(pattern -> pattern.matcher(code).find()), code);
    }
  }

  private static Set<String> with(List<Pattern> patterns) throws IOException {
    Set<String> found = new TreeSet<>();
    for (Path file : sources()) {
      String code = Files.readString(file);
      if (patterns.stream().map(pattern -> pattern.matcher(code)).anyMatch(Matcher::find)) {
        found.add(file.getFileName().toString());
      }
    }
    return found;
  }

  /** The main sources of what is shipped. */
  private static List<Path> sources() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String module : List.of("provider", "keystore")) {
      try (Stream<Path> files = Files.walk(TOP.resolve(module))) {
        files
            .filter(file -> file.toString().replace('\\', '/').contains("/src/main/java/"))
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.startsWith(CUSTODY))
            .forEach(found::add);
      }
    }
    assertTrue(found.size() > 300, "sources: " + found.size());
    return found;
  }
}
