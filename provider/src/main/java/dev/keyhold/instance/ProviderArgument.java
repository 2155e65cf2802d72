package dev.keyhold.instance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The argument of {@code configure} and of the line in java.security: {@code PATH}, or {@code
 * name=NAME PATH} for a further configuration in the same JVM.
 *
 * @param providerName {@code Keyhold}, or {@code Keyhold-NAME}
 * @param path of the configuration
 * @param fault what is wrong with it; null if nothing is
 */
public record ProviderArgument(String providerName, String path, String fault) {
  private static final String PREFIX = "name=";
  private static final Pattern NAMED = Pattern.compile("name=(\\S*)(?:\\s+(.*))?", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Returns whether a provider can be called so. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  static ProviderArgument parse(String argument) {
    Matcher named = NAMED.matcher(argument);
    if (!argument.startsWith(PREFIX) || !named.matches()) {
      return new ProviderArgument(KeyholdProviders.NAME, argument, null);
    }
    String given = named.group(1);
    String name =
        given.startsWith(KeyholdProviders.NAMED)
            ? given.substring(KeyholdProviders.NAMED.length())
            : given;
    if (!NAME.matcher(name).matches()) {
      return faulty(argument, "a name has 1 to 64 letters, digits, '.', '_' or '-'");
    }
    String path = named.group(2);
    if (path == null || path.isBlank()) {
      return faulty(argument, "the path of a configuration must follow the name");
    }
    return new ProviderArgument(KeyholdProviders.NAMED + name, path.strip(), null);
  }

  private static ProviderArgument faulty(String argument, String fault) {
    return new ProviderArgument(
        KeyholdProviders.NAME,
        argument,
        "\"%s\" is no name and path: %s, as in name=orders /etc/keyhold/orders.properties (for a file whose path begins with name=, write ./name=)"
            .formatted(argument, fault));
  }
}
