package dev.keyhold.conformance.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A value in a YAML document, and what to call it when it is not as it should be. Immutable.
 *
 * @param value as the parser made it; null for what is not there
 */
record Node(String name, Object value) {
  /** The value under some names, one in the other. */
  Node at(String... names) {
    Node node = this;
    for (String each : names) {
      Object inner = node.value instanceof Map<?, ?> map ? map.get(each) : null;
      node = new Node(node.name + "." + each, inner);
    }
    return node;
  }

  boolean isThere() {
    return value != null;
  }

  /** The values of a list; none if it is not there. */
  List<Node> items() {
    if (value == null) {
      return List.of();
    }
    List<?> list = (List<?>) value;
    return list.stream().map(item -> new Node(name + "[]", item)).toList();
  }

  /** The texts of a list. */
  List<String> texts() {
    return items().stream().map(Node::text).toList();
  }

  /** Names and texts. */
  Map<?, ?> map() {
    return value == null ? Map.of() : (Map<?, ?>) value;
  }

  String text() {
    return Objects.requireNonNull(value, name + " is not there").toString();
  }
}
