package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.keyhold.conformance.pages.Page.Section;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each property of the page takes the values of its kind, in one grammar for all: durations,
 * counts, sizes, words, secrets. A wrong value is refused, by an error that says what would be
 * right.
 */
class OptionValuesTest {
  private static final Page PAGE = Page.of("docs/CONFIGURATION.md");

  /**
   * What a property takes.
   *
   * @param right values
   * @param wrong values
   * @param advice what the error about a wrong one says
   */
  private record Kind(List<String> right, List<String> wrong, List<String> advice) {}

  /** Its values here come from the environment, since the page's library need not be there. */
  private static final String LIBRARY = "backend.<name>.library";

  private static final Map<String, Kind> KINDS = new TreeMap<>();

  static {
    backends();
    clouds();
    aliases();
    others();
  }

  private static void backends() {
    other("backend.<name>.type", "softwere", "software");
    duration("backend.<name>.deadline", "10ms", "7d");
    duration("backend.<name>.change-deadline", "10ms", "7d");
    duration("backend.<name>.breaker-pause", "10ms", "7d");
    words("backend.<name>.warm-up", "false", "true");
    words("backend.<name>.import", "refuse", "allow");
    words("backend.<name>.pkcs1-decryption", "refuse", "allow");
    count("backend.<name>.threads", 1, 1024);
    count("backend.<name>.calls-per-second", 1, 1_000_000);
    count("backend.<name>.breaker-failures", 1, 1000);
    count("backend.<name>.distance", 0, 1_000_000);
    text("backend.<name>.module");
    text("backend.<name>.certificate");
    text("backend.<name>.file");
    secret("backend.<name>.password");
    secret("backend.<name>.pin");
    text(LIBRARY);
    other("backend.<name>.token", "a, b", "name one token's label");
    other("backend.<name>.init-args", "a${b}", "must not hold");
    other("backend.<name>.url", "http://custody.example:8443", "https://");
    other("backend.<name>.fronts", "PKCS 11", "pkcs11");
    text("backend.<name>.client-certificate");
    secret("backend.<name>.client-key");
    text("backend.<name>.ca");
  }

  private static void clouds() {
    words("backend.hsm.wrap", "auto", "aes-gcm", "hmac-derive");
    words("backend.gcp.wrap", "service", "raw");
    other("backend.<name>.region", "Ireland", "such as eu-west-1");
    text("backend.<name>.profile");
    other("backend.<name>.role", "admin", "such as arn:aws:iam::111122223333:role/keyhold");
    other(
        "backend.eu.endpoint", "http://kms.example.com", "https", "this machine only", "127.0.0.1");
    other("backend.gcp.endpoint", "http://kms.example.com", "this machine only", "127.0.0.1");
    text("backend.<name>.grant-tokens");
    words("backend.<name>.multi-region", "false", "true");
    duration("backend.eu.timeout", "1ms", "1h");
    duration("backend.gcp.timeout", "100ms", "1m");
    duration("backend.<name>.connect-timeout", "1ms", "1h");
    duration("backend.<name>.alias-age", "1ms", "1h");
    other("backend.<name>.key-ring", "orders", "projects/<p>/locations/<l>/keyRings/<r>");
    other("backend.<name>.credentials-file", "no-such-file", "does not exist");
    text("backend.<name>.impersonate");
    words("backend.<name>.protection", "software", "hsm", "external", "external-vpc");
    text("backend.<name>.external-key");
    text("backend.<name>.ekm-connection");
    duration("backend.<name>.generation-timeout", "0s", "10m");
    duration("backend.<name>.destroy-wait", "1d", "120d");
  }

  private static void aliases() {
    other("key.<alias>", "any-of(eu)", "there can be 2 to 16");
    count("key.<alias>.write-quorum", 1, 2);
    words("key.<alias>.data-keys", "per-object", "epoch");
    duration("key.<alias>.max-age", "100ms", "24h");
    duration("key.<alias>.max-stale", "5m", "24h", "max-age");
    count("key.<alias>.max-objects", 1, 999_999_999_999_999_999L);
    size("key.<alias>.max-bytes");
    words("key.<alias>.tenant", "optional", "required");
    other("key.<alias>.purpose", "x".repeat(256), "1 to 255 bytes of UTF-8");
    words("key.<alias>.custody", "cloud-ok", "own-hsm", "both");
    other("key.<alias>.decrypt-with", "nowhere:orders", "there are:");
    text("key.<alias>.binding");
    other("key.<alias>.certificates", "no-such-file", "there is no such file");
  }

  private static void others() {
    other("generate", "nowhere", "there are:");
    other("keystore.aliases", "mail*, nothing*x", "its beginning and one star");
    duration("reload", "10ms", "7d");
    text("rewrap-queue");
    other("secure-random", "nowhere", "there are:");
    text("board");
    text("board.user");
    secret("board.password");
    duration("board.deadline", "10ms", "7d");
  }

  @TempDir Path folder;

  @Test
  void everyPropertyOfThePageIsTried() {
    Set<String> untried =
        sections()
            .filter(section -> kind(section) == null)
            .map(Section::title)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), untried);
  }

  @TestFactory
  Stream<DynamicTest> itTakesRightValues() {
    return sections()
        .flatMap(section -> kind(section).right().stream().map(value -> right(section, value)));
  }

  private DynamicTest right(Section section, String value) {
    String lines = example(section) + property(section) + " = " + value;
    return dynamicTest(
        property(section) + " = " + value, () -> assertDoesNotThrow(() -> read(lines)));
  }

  @TestFactory
  Stream<DynamicTest> itRefusesWrongValues() {
    return sections()
        .filter(section -> !section.title().contains(LIBRARY))
        .flatMap(
            section ->
                Stream.concat(Stream.of(""), kind(section).wrong().stream())
                    .map(value -> wrong(section, value)));
  }

  private DynamicTest wrong(Section section, String value) {
    String property = property(section);
    String lines = example(section) + property + " = " + value;
    return dynamicTest(
        property + " = " + value,
        () -> {
          String said = assertThrows(ConfigurationException.class, () -> read(lines)).getMessage();
          assertTrue(said.contains(property), said);
          List<String> advice =
              value.isEmpty() ? List.of("give it one or remove the line") : kind(section).advice();
          advice.forEach(part -> assertTrue(said.contains(part), said));
        });
  }

  private static void duration(String property, String least, String longest, String... others) {
    Duration shortest = Durations.parse(least).orElseThrow();
    Duration end = Durations.parse(longest).orElseThrow();
    List<String> right = new ArrayList<>(List.of(least, longest));
    List<String> wrong =
        new ArrayList<>(List.of("3", "3 s", "03s", "+3s", "-3s", "3S", "3sec", "1.5h", "1h30m"));
    for (String text : List.of("500ms", "30s", "5m", "8h", "7d", "0s", "999999999d")) {
      Duration duration = Durations.parse(text).orElseThrow();
      boolean within = duration.compareTo(shortest) >= 0 && duration.compareTo(end) <= 0;
      (within ? right : wrong).add(text);
    }
    String advice =
        "must be a duration from %s to %s, such as 500ms"
            .formatted(Durations.text(shortest), Durations.text(end));
    KINDS.put(property, new Kind(right, wrong, others.length > 0 ? List.of() : List.of(advice)));
  }

  private static void count(String property, long least, long most) {
    List<String> wrong = new ArrayList<>(List.of("+1", "-1", "01", "1.0", "1e3", "1k", "1_000"));
    wrong.addAll(List.of("0x10", "\\u0661", "some", String.valueOf(least - 1), most + 1 + ""));
    KINDS.put(
        property,
        new Kind(
            List.of(String.valueOf(least), String.valueOf(most)),
            wrong,
            List.of("must be a whole number from %s to %s".formatted(least, most))));
  }

  private static void size(String property) {
    KINDS.put(
        property,
        new Kind(
            List.of("1", "1048576", "64KiB", "1MiB", "8GiB", "1TiB"),
            List.of("0", "0KiB", "+1", "1 MiB", "1MB", "1mib", "1.5GiB", "much", "999999999TiB"),
            List.of("must be a size from 1 to", "64KiB", "1TiB")));
  }

  private static void words(String property, String... words) {
    List<String> right = new ArrayList<>(List.of(words));
    right.add(words[0].toUpperCase(Locale.ROOT).replace('-', '_'));
    List<String> advice = new ArrayList<>(List.of("must be " + words[0] + " (the default)"));
    advice.addAll(List.of(words));
    KINDS.put(property, new Kind(right, List.of("maybe", words[0] + "s", "1"), advice));
  }

  private static void secret(String property) {
    KINDS.put(
        property,
        new Kind(List.of("env:KEYHOLD_PASSWORD"), List.of("hunter2"), List.of("env:", "file:")));
  }

  private static void text(String property) {
    KINDS.put(property, new Kind(List.of(), List.of(), List.of()));
  }

  private static void other(String property, String wrong, String... advice) {
    KINDS.put(property, new Kind(List.of(), List.of(wrong), List.of(advice)));
  }

  private static Stream<Section> sections() {
    return PAGE.sections().stream().filter(section -> section.level() == 3);
  }

  /** By the property of the example, or by the heading: two types may have one option. */
  private static Kind kind(Section section) {
    Kind own = KINDS.get(property(section));
    return own == null ? KINDS.get(section.title().replace("`", "")) : own;
  }

  /** Returns the property that the example sets. */
  private static String property(Section section) {
    String title = section.title().replace("`", "");
    String pattern = title.replace(".", "\\.").replaceAll("<\\w+>", "[^.]+");
    return ExampleConfiguration.properties(example(section)).keySet().stream()
        .filter(name -> name.matches(pattern))
        .sorted()
        .findFirst()
        .orElseThrow(() -> new AssertionError("no example sets " + title));
  }

  private static String example(Section section) {
    return section.blocks().get(0).text() + "\n";
  }

  private void read(String lines) throws Exception {
    new ExampleConfiguration(PAGE, folder).read(lines);
  }
}
