package dev.keyhold.keystore.kit;

import java.util.regex.Pattern;

/** The rules for servers that may be reached without TLS. Stateless. */
public final class Endpoints {
  private static final Pattern THIS_MACHINE =
      Pattern.compile(
          "localhost\\.?|127(\\.[0-9]{1,3}){3}|\\[?(::|0:0:0:0:0:0:0:)1]?",
          Pattern.CASE_INSENSITIVE);

  /** The requirement for an endpoint without TLS, for errors. */
  public static final String TLS =
      "must use TLS (https), since data keys go there: http is for this machine only"
          + " (127.0.0.1, [::1] or localhost)";

  private Endpoints() {}

  /**
   * Returns whether the host of a URL is this machine by its text; no name is looked up.
   *
   * @param host an IPv6 address with or without its brackets
   */
  public static boolean isThisMachine(String host) {
    return THIS_MACHINE.matcher(host).matches();
  }

  /** Returns whether data keys may go to a host by http or https. */
  public static boolean mayUse(String scheme, String host) {
    return scheme.equalsIgnoreCase("https")
        || (scheme.equalsIgnoreCase("http") && isThisMachine(host));
  }
}
