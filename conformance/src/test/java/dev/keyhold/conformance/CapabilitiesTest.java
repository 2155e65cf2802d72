package dev.keyhold.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.config.Configuration;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.jca.KeyholdService;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.AllFacets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/CAPABILITIES.md is written from the table of services and from what the backends say of
 * themselves. With {@code -Dcapabilities.write=true} this test writes it anew.
 */
class CapabilitiesTest {
  private static final Path PAGE = Path.of("..", "docs", "CAPABILITIES.md");
  private static final List<KeySpec> SECRET_KEYS =
      List.of(
          new KeySpec("AES", 128),
          new KeySpec("AES", 192),
          KeySpec.AES_256,
          KeySpec.hmac("HmacSHA256"),
          KeySpec.hmac("HmacSHA384"),
          KeySpec.hmac("HmacSHA512"));

  @TempDir Path folder;

  @Test
  void thePageSaysWhatTheProviderHas() throws IOException {
    String page = page();
    if (Boolean.getBoolean("capabilities.write")) {
      Files.writeString(PAGE, page);
    }
    assertEquals(page, Files.readString(PAGE));
  }

  private String page() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# Capabilities");
    lines.add("");
    lines.add("Written by `CapabilitiesTest` from the table of services; do not edit.");
    lines.add("");
    lines.add("## Services of the provider `Keyhold`");
    lines.add("");
    lines.add("| type | algorithm | registered |");
    lines.add("|---|---|---|");
    Map<String, Provider.Service> services = new TreeMap<>();
    for (Provider.Service service : configured("secure-random = b0\n").getServices()) {
      services.put(service.getType() + " " + service.getAlgorithm(), service);
    }
    for (Provider.Service service : services.values()) {
      lines.add(
          "| %s | %s | %s |"
              .formatted(service.getType(), service.getAlgorithm(), registered(service)));
    }
    lines.add("");
    lines.add("## Keys of the backends");
    lines.add("");
    lines.add("What a key may be for; with pkcs11, as far as the token has it.");
    lines.add("");
    addBackends(lines);
    lines.add("");
    return String.join("\n", lines);
  }

  private static String registered(Provider.Service service) {
    if (((KeyholdService) service).isRefusing()) {
      return "refuses keys of Keyhold, and says what to use";
    }
    return switch (service.getType()) {
      case "SecureRandom" -> "where `secure-random` is configured";
      case "KEM" -> "where the JDK has `javax.crypto.KEM`: 21, updates of 17";
      default -> "always";
    };
  }

  private void addBackends(List<String> lines) throws IOException {
    List<String> types = new ArrayList<>(types());
    lines.add("| key | " + String.join(" | ", types) + " |");
    lines.add("|---" + "|---".repeat(types.size()) + "|");
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, backends());
    Map<String, BackendFactory> factories =
        ServiceLoader.load(BackendFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .collect(Collectors.toMap(BackendFactory::type, factory -> factory));
    try (KeyRouter router = new KeyRouter(Configuration.read(file, Map.of(), factories))) {
      for (KeySpec spec : concat(SECRET_KEYS, KeySpec.KEY_PAIRS)) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
          cells.add(text(router.facts().purposesOf("b" + i, spec)));
        }
        lines.add("| %s | %s |".formatted(spec, String.join(" | ", cells)));
      }
      lines.add("");
      lines.add("## Operations of the backends");
      lines.add("");
      lines.add("The facets that each has; the others refuse, and say what to do instead.");
      lines.add("");
      lines.add("| facet | " + String.join(" | ", types) + " |");
      lines.add("|---" + "|---".repeat(types.size()) + "|");
      for (Class<? extends Facet> facet : AllFacets.LIST) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
          cells.add(router.facts().has("b" + i, facet) ? "yes" : "-");
        }
        lines.add("| %s | %s |".formatted(facet.getSimpleName(), String.join(" | ", cells)));
      }
      lines.add("");
      lines.add(
          "Through a `custodian`, keys can be for what they can be for at the backend behind it. Of"
              + " its facets it serves: "
              + AllFacets.LIST.stream()
                  .filter(facet -> router.facts().has("guarded", facet))
                  .map(Class::getSimpleName)
                  .collect(Collectors.joining(", "))
              + ".");
    }
  }

  @Test
  void eachFacetIsOnThePage() throws IOException {
    Path sources = Path.of("..", "keystore/spi/src/main/java/dev/keyhold/keystore/facet");
    Set<String> listed = new TreeSet<>();
    AllFacets.LIST.forEach(facet -> listed.add(facet.getSimpleName() + ".java"));
    listed.addAll(List.of("AllFacets.java", "package-info.java"));
    try (Stream<Path> files = Files.list(sources)) {
      Set<String> found = new TreeSet<>();
      files.forEach(file -> found.add(file.getFileName().toString()));
      assertEquals(found, listed);
    }
  }

  private static List<KeySpec> concat(List<KeySpec> secretKeys, List<KeySpec> keyPairs) {
    return Stream.concat(secretKeys.stream(), keyPairs.stream()).toList();
  }

  private static String text(Set<Purpose> purposes) {
    String text =
        purposes.isEmpty()
            ? "-"
            : EnumSet.copyOf(purposes).stream()
                .map(Purpose::name)
                .collect(Collectors.joining(", "));
    return text.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Set<String> types() {
    return ServiceLoader.load(BackendFactory.class).stream()
        .map(provider -> provider.get().type())
        .filter(type -> !type.equals("memory")) // the test kit's: the software backend's keys
        .filter(type -> !type.equals("folder")) // the example for authors of backends
        .filter(type -> !type.equals("custodian")) // has what the backend behind it has
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** One backend of each type, named b0, b1 and so on; none is connected to. */
  private String backends() throws IOException {
    Path library = folder.resolve("library.so");
    Files.writeString(library, "never loaded");
    Map<String, String> options =
        Map.of(
            "aws-kms",
            "region = eu-west-1",
            "google-kms",
            "key-ring = projects/p/locations/l/keyRings/r",
            "pkcs11",
            "library = " + library + "\nbackend.#.token = none",
            "software",
            "file = keys.keyhold");
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (String type : types()) {
      String name = "b" + number++;
      String option = options.get(type).replace("#", name);
      text.append("backend.%s.type = %s\nbackend.%s.%s\n".formatted(name, type, name, option));
    }
    for (String file : List.of("client.pem", "ca.pem")) {
      Files.writeString(folder.resolve(file), "never read");
    }
    text.append(
        """
        backend.guarded.type = custodian
        backend.guarded.url = https://127.0.0.1:1
        backend.guarded.fronts = software
        backend.guarded.client-certificate = client.pem
        backend.guarded.client-key = file:key.pem
        backend.guarded.ca = ca.pem
        """);
    return text.toString();
  }

  private KeyholdProvider configured(String more) throws IOException {
    Path file = folder.resolve("claimed.properties");
    Files.writeString(file, backends() + more);
    return new KeyholdProvider().configure(file.toString());
  }
}
