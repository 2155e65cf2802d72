package dev.keyhold.keystore.custodian;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The members of an object of JSON. Each that is known is read once, and {@link #end} refuses those
 * that nobody read. For one thread.
 */
final class Fields {
  private final Map<String, Object> members;
  private final Set<String> read = new HashSet<>();

  Fields(Map<String, Object> members) {
    this.members = members;
  }

  private <T> Optional<T> member(String name, Class<T> type) throws MalformedException {
    read.add(name);
    Object value = members.get(name);
    if (value != null && !type.isInstance(value)) {
      throw new MalformedException("its field " + name + " has another type");
    }
    return Optional.ofNullable(type.cast(value));
  }

  private static <T> T required(String name, Optional<T> value) throws MalformedException {
    if (value.isEmpty()) {
      throw new MalformedException("it has no field " + name);
    }
    return value.get();
  }

  String text(String name) throws MalformedException {
    return required(name, optionalText(name));
  }

  Optional<String> optionalText(String name) throws MalformedException {
    return member(name, String.class);
  }

  /** Returns a whole number within bounds. */
  int number(String name, int least, int most) throws MalformedException {
    long number = required(name, optionalNumber(name));
    if (number < least || number > most) {
      throw new MalformedException("its field " + name + " is out of bounds");
    }
    return (int) number;
  }

  Optional<Long> optionalNumber(String name) throws MalformedException {
    return member(name, Long.class);
  }

  boolean flag(String name) throws MalformedException {
    return member(name, Boolean.class).orElse(false);
  }

  Fields object(String name) throws MalformedException {
    return required(name, optionalObject(name));
  }

  Optional<Fields> optionalObject(String name) throws MalformedException {
    return member(name, Fields.class);
  }

  byte[] bytes(String name) throws MalformedException {
    return decoded(name, text(name));
  }

  static byte[] decoded(String name, String base64) throws MalformedException {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (Base64.getEncoder().encodeToString(bytes).equals(base64)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException("its field " + name + " is not base64", e);
    }
    throw new MalformedException("its field " + name + " is not base64");
  }

  List<String> texts(String name) throws MalformedException {
    return elements(name, String.class);
  }

  List<Fields> objects(String name) throws MalformedException {
    return elements(name, Fields.class);
  }

  private <T> List<T> elements(String name, Class<T> type) throws MalformedException {
    List<T> elements = new ArrayList<>();
    for (Object element : required(name, member(name, List.class))) {
      if (!type.isInstance(element)) {
        throw new MalformedException("its field " + name + " has an element of another type");
      }
      elements.add(type.cast(element));
    }
    return elements;
  }

  /** Returns all members, each of which is text. */
  Map<String, String> allTexts() throws MalformedException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : members.keySet()) {
      texts.put(name, text(name));
    }
    return texts;
  }

  /** Requires that all fields were read. */
  void end() throws MalformedException {
    for (String name : members.keySet()) {
      if (!read.contains(name)) {
        String shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;
        throw new MalformedException(
            "it has the field " + Errors.printable(shown) + ", which is not on the wire's page");
      }
    }
  }
}
