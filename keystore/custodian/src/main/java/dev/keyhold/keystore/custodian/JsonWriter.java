package dev.keyhold.keystore.custodian;

import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Writes an object of JSON. For one thread. */
final class JsonWriter {
  private final StringBuilder text = new StringBuilder("{");

  JsonWriter put(String name, String value) {
    name(name);
    string(value);
    return this;
  }

  JsonWriter put(String name, Optional<String> value) {
    value.ifPresent(present -> put(name, present));
    return this;
  }

  JsonWriter put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonWriter put(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonWriter put(String name, byte[] value) {
    return put(name, Base64.getEncoder().encodeToString(value));
  }

  JsonWriter put(String name, JsonWriter object) {
    name(name);
    text.append(object);
    return this;
  }

  JsonWriter put(String name, Map<String, String> texts) {
    JsonWriter object = new JsonWriter();
    texts.forEach(object::put);
    return put(name, object);
  }

  JsonWriter put(String name, Collection<String> texts) {
    name(name);
    text.append('[');
    String before = "";
    for (String element : texts) {
      text.append(before);
      string(element);
      before = ",";
    }
    text.append(']');
    return this;
  }

  /** Returns the text of the object with one more member. */
  String with(String name, long value) {
    return text + (text.length() > 1 ? "," : "") + '"' + name + "\":" + value + "}";
  }

  private void name(String name) {
    if (text.length() > 1) {
      text.append(',');
    }
    string(name);
    text.append(':');
  }

  private void string(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ') {
        text.append("\\u%04x".formatted((int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
