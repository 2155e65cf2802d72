package dev.keyhold.cli.command;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A key as {@code --json} shows it; the names of the components are those of the JSON.
 *
 * @param alias null for a key that has none
 * @param currentVersion the version that protects new data; null where none does or the backend has
 *     no versions
 * @param signatures how the key can sign; empty for other keys
 * @param paddings what the key can decrypt; empty for other keys
 * @param protection where the backend keeps the material; null where there is but one way
 * @param rotationPeriod in ISO 8601, such as {@code P365D}; null where the backend does not rotate
 *     it
 * @param destruction when it is destroyed, in ISO 8601; null where that is not scheduled
 * @param versions oldest first
 */
public record KeyView(
    String alias,
    String algorithm,
    int bits,
    List<String> purposes,
    String state,
    String currentVersion,
    String backend,
    String backendType,
    String uri,
    String identity,
    List<String> signatures,
    List<String> paddings,
    String protection,
    Map<String, String> labels,
    String rotationPeriod,
    String destruction,
    List<Version> versions) {

  /** One version; created is in ISO 8601, null where the backend does not know. */
  record Version(String id, String state, String created) {
    private static Version of(KeyVersion version) {
      String created = version.created().map(Instant::toString).orElse(null);
      return new Version(version.id(), word(version.state()), created);
    }
  }

  public static KeyView of(Entry entry) {
    KeyMetadata key = entry.key();
    KeyAttributes more = key.attributes();
    return new KeyView(
        entry.alias().isEmpty() ? null : entry.alias(),
        key.spec().algorithm(),
        key.spec().bits(),
        key.purposes().stream().map(purpose -> word(purpose)).sorted().toList(),
        word(key.state()),
        key.currentVersion().map(KeyVersion::id).filter(id -> !id.isEmpty()).orElse(null),
        entry.backend(),
        entry.type(),
        key.uri().toString(),
        key.identity(),
        ManagedKey.signatures(key),
        sorted(more.paddings()),
        more.protection().isEmpty() ? null : more.protection(),
        new TreeMap<>(more.labels()),
        more.rotationPeriod().map(KeyView::days).orElse(null),
        more.destruction().map(Instant::toString).orElse(null),
        key.versions().stream().map(Version::of).toList());
  }

  private static List<String> sorted(Set<?> values) {
    return values.stream().map(Object::toString).sorted().toList();
  }

  private static String days(Duration duration) {
    return "P" + duration.toDays() + "D";
  }

  /** Returns the key's algorithm, and its size where the algorithm does not say it. */
  public String kind() {
    return new KeySpec(algorithm, bits).toString();
  }

  /** Returns the word for a state or a purpose. */
  public static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the alias that was taken off, where the backend knows. */
  private String formerly() {
    String name = labels.get(KeyAttributes.FORMER_NAME);
    return name == null ? "" : " (was " + name + ")";
  }

  public String current() {
    return currentVersion == null ? "-" : currentVersion;
  }

  /** Returns a table with one line for each key. */
  public static String table(List<KeyView> keys) {
    List<String> heading = List.of("ALIAS", "KEY", "PURPOSE", "STATE", "VERSION", "BACKEND", "URI");
    List<List<String>> rows = new ArrayList<>(List.of(heading));
    for (KeyView key : keys) {
      rows.add(
          List.of(
              key.alias == null ? "-" + key.formerly() : key.alias,
              key.kind(),
              String.join(",", key.purposes),
              key.state,
              key.current(),
              key.backend,
              key.uri));
    }
    return Text.table(rows);
  }

  /** Returns what the current version is for; a key of other purposes has but one. */
  private String use() {
    return purposes.contains(word(Purpose.ENCRYPT)) ? ", protects new data" : "";
  }

  /** Returns all of one key, its versions included. */
  public String details() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("alias", alias));
    rows.add(List.of("key", kind()));
    rows.add(List.of("purpose", String.join(", ", purposes)));
    rows.add(List.of("state", state));
    rows.add(List.of("backend", backend + " (" + backendType + ")"));
    rows.add(List.of("uri", uri));
    rows.add(List.of("identity", identity));
    if (!signatures.isEmpty()) {
      rows.add(List.of("signs", String.join(", ", signatures)));
    }
    if (!paddings.isEmpty()) {
      rows.add(List.of("decrypts", String.join(", ", paddings)));
    }
    if (protection != null) {
      rows.add(List.of("protection", protection));
    }
    labels.forEach((name, value) -> rows.add(List.of("label " + name, value)));
    if (rotationPeriod != null) {
      rows.add(List.of("rotated every", rotationPeriod.substring(1).replace("D", " days")));
    }
    if (destruction != null) {
      String then =
          Instant.parse(destruction).isAfter(Instant.now())
              ? "; until then: keyhold keys restore " + alias
              : "; if it is there still: keyhold keys purge " + alias;
      rows.add(List.of("destroyed at", destruction + then));
    }
    for (Version version : versions) {
      String created = version.created == null ? "" : ", created " + version.created;
      String current = version.id.equals(currentVersion) ? use() : "";
      rows.add(List.of("version " + version.id, version.state + current + created));
    }
    return Text.table(rows);
  }
}
