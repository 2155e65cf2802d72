package dev.keyhold.cli.doctor;

import dev.keyhold.admin.HostText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at the Java that runs this: its version, who made it, and where Keyhold stands among its
 * providers.
 */
final class JavaCheckup {
  private static final String KEYHOLD = "dev.keyhold.KeyholdProvider";

  /** The highest provider number of java.security that is looked for after a gap. */
  private static final int MOST_PROVIDERS = 100;

  private final UnaryOperator<String> systemProperty;
  private final UnaryOperator<String> securityProperty;

  /** Creates a check of a Java with these properties; the tests pass their own. */
  JavaCheckup(UnaryOperator<String> systemProperty, UnaryOperator<String> securityProperty) {
    this.systemProperty = systemProperty;
    this.securityProperty = securityProperty;
  }

  static JavaCheckup ofThisJvm() {
    return new JavaCheckup(System::getProperty, Security::getProperty);
  }

  List<Finding> findings(Path config) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    if (systemProperty.apply("java.vm.vendor").startsWith("Oracle")
        && systemProperty.apply("java.runtime.name").contains("SE Runtime")) {
      findings.add(
          Finding.problem(
              "java",
              "Oracle's JDK accepts JCE providers from signed jars only, and Keyhold's are not"
                  + " signed: Cipher and Mac will fail with \"JCE cannot authenticate the"
                  + " provider\"",
              "use an OpenJDK build of the same version"));
    }
    findings.addAll(order(config));
    return findings;
  }

  private Finding java() {
    String version = systemProperty.apply("java.runtime.version");
    return Finding.ok("java", version + " in " + systemProperty.apply("java.home"));
  }

  private Optional<String> line(int number) {
    return Optional.ofNullable(securityProperty.apply("security.provider." + number));
  }

  private List<Finding> order(Path config) {
    int count = 0;
    List<Integer> positions = new ArrayList<>();
    while (line(count + 1).isPresent()) {
      count++;
      if (line(count).get().startsWith(KEYHOLD)) {
        positions.add(count);
      }
    }
    if (positions.isEmpty()) {
      return List.of(notListed(count));
    }
    int position =
        positions.stream()
            .filter(number -> configured(line(number).get(), config).isEmpty())
            .findFirst()
            .orElse(positions.get(0));
    List<Finding> findings = new ArrayList<>(List.of(listed(position, count)));
    configured(line(position).get(), config).ifPresent(findings::add);
    sameName(positions).ifPresent(findings::add);
    return findings;
  }

  private Optional<Finding> sameName(List<Integer> positions) {
    Set<String> names = new HashSet<>();
    return positions.stream()
        .filter(number -> !names.add(name(line(number).get())))
        .findFirst()
        .map(
            number ->
                Finding.warning(
                    "java.security",
                    "line %s configures a provider %s, as a line before it does: KeyStore.getInstance gives keys of the first only"
                        .formatted(number, name(line(number).get())),
                    "give it a name: security.provider.%s=%s name=second %s"
                        .formatted(number, KEYHOLD, path(line(number).get()))));
  }

  private Finding notListed(int count) {
    for (int i = count + 2; i <= MOST_PROVIDERS; i++) {
      if (line(i).filter(value -> value.startsWith(KEYHOLD)).isPresent()) {
        return Finding.problem(
            "java.security",
            "Keyhold stands at number %s, but there is no number %s: the JDK reads no further than a gap"
                .formatted(i, count + 1),
            "write security.provider.%s=%s".formatted(count + 1, KEYHOLD));
      }
    }
    return Finding.note(
        "java.security",
        "this Java does not list Keyhold: an application must call Security.addProvider",
        "to do without that call, add security.provider.%s=%s /path/of/keyhold.properties"
            .formatted(count + 1, KEYHOLD));
  }

  private static Finding listed(int position, int count) {
    if (position == 1) {
      return Finding.ok(
          "java.security",
          "Keyhold is provider 1 of %s: keytool makes keys with it where the configuration says generate"
              .formatted(count));
    }
    return Finding.note(
        "java.security",
        "Keyhold is provider %s of %s. A program that asks a Cipher, Mac or Signature for its size or sets parameters before init is given another provider for good, which refuses Keyhold's keys"
            .formatted(position, count),
        "should one fail so (\"Key encoding must not be null\", \"key must be RSAPrivateKey\"), put"
            + " Keyhold at position 1 (keyhold java-security), or have it call init first");
  }

  private static String argument(String line) {
    return line.substring(KEYHOLD.length()).strip();
  }

  /** Returns the path in a line; empty if there is none. */
  private static String path(String line) {
    return argument(line).replaceFirst("^name=\\S*\\s*", "");
  }

  /** Returns the name of the provider that a line makes. */
  private static String name(String line) {
    Matcher named = Pattern.compile("name=(?:Keyhold-)?(\\S*).*").matcher(argument(line));
    return named.matches() ? "Keyhold-" + named.group(1) : "Keyhold";
  }

  private static Optional<Finding> configured(String line, Path config) {
    String argument = path(line);
    if (argument.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (HostText.pathOrUri(argument).toAbsolutePath().equals(config)) {
        return Optional.empty();
      }
    } catch (InvalidPathException e) {
      // reported below
    }
    return Optional.of(
        Finding.warning(
            "java.security",
            "its line names another configuration: " + argument,
            "name one and the same in both places, or examine that one with --config"));
  }
}
