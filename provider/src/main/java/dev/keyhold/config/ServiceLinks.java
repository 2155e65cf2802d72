package dev.keyhold.config;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Recognizes the environment variables by which Kubernetes and Docker describe services to a
 * container. A service named {@code keyhold-board} makes {@code KEYHOLD_BOARD_PORT=tcp://...},
 * which is no override of a property. Recognized by name and value. Stateless.
 */
final class ServiceLinks {
  private static final String NUMBER = "[0-9]{1,5}";
  private static final String HOST = "[0-9A-Fa-f.:]+|\\[[0-9A-Fa-f:.]+]|None";
  private static final String URL = "(tcp|udp|sctp)://\\S+";

  private static final Map<Pattern, Pattern> SHAPES =
      Map.of(
          Pattern.compile(".*_SERVICE_HOST"), Pattern.compile(HOST),
          Pattern.compile(".*_SERVICE_PORT(_.+)?"), Pattern.compile(NUMBER),
          Pattern.compile(".*_PORT(_[0-9]+_(TCP|UDP|SCTP))?"), Pattern.compile(URL),
          Pattern.compile(".*_PORT_[0-9]+_(TCP|UDP|SCTP)_PROTO"), Pattern.compile("tcp|udp|sctp"),
          Pattern.compile(".*_PORT_[0-9]+_(TCP|UDP|SCTP)_PORT"), Pattern.compile(NUMBER),
          Pattern.compile(".*_PORT_[0-9]+_(TCP|UDP|SCTP)_ADDR"), Pattern.compile(HOST));

  private ServiceLinks() {}

  /** Returns the variables that may override properties and have the shape of a service link. */
  static Map<String, String> of(Map<String, String> environment, Pattern overrides) {
    Map<String, String> links = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (overrides.matcher(name).matches() && isOne(name, value)) {
            links.put(name, value);
          }
        });
    return links;
  }

  private static boolean isOne(String name, String value) {
    return SHAPES.entrySet().stream()
        .anyMatch(
            shape ->
                shape.getKey().matcher(name).matches()
                    && shape.getValue().matcher(value).matches());
  }
}
