package dev.keyhold.keystore.custodian;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON of the wire: strict RFC 8259 in UTF-8, with whole numbers only, without {@code
 * null}, and no name twice. For one text and one thread.
 */
final class JsonReader {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_DIGITS = 18;

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /** Returns the members of the object that a text is. */
  static Fields object(ByteBuffer utf8) throws MalformedException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("its JSON is not UTF-8", e);
    }
    JsonReader reader = new JsonReader(text);
    reader.space();
    Object value = reader.value(0);
    reader.space();
    if (reader.at != text.length() || !(value instanceof Fields fields)) {
      throw reader.malformed();
    }
    return fields;
  }

  private MalformedException malformed() {
    return new MalformedException("its JSON is wrong at character " + at);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean skip(char expected) {
    if (at < text.length() && text.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private void require(char expected) throws MalformedException {
    if (!skip(expected)) {
      throw malformed();
    }
  }

  private boolean word(String word) {
    if (text.startsWith(word, at)) {
      at += word.length();
      return true;
    }
    return false;
  }

  private Object value(int depth) throws MalformedException {
    if (depth > MAX_DEPTH) {
      throw malformed();
    }
    if (skip('{')) {
      return members(depth + 1);
    }
    if (skip('[')) {
      return elements(depth + 1);
    }
    if (skip('"')) {
      return string();
    }
    if (word("true")) {
      return true;
    }
    if (word("false")) {
      return false;
    }
    return number();
  }

  private Fields members(int depth) throws MalformedException {
    Map<String, Object> members = new LinkedHashMap<>();
    space();
    if (skip('}')) {
      return new Fields(members);
    }
    do {
      space();
      require('"');
      String name = string();
      space();
      require(':');
      space();
      if (members.put(name, value(depth)) != null) {
        throw malformed();
      }
      space();
    } while (skip(','));
    require('}');
    return new Fields(members);
  }

  private List<Object> elements(int depth) throws MalformedException {
    List<Object> elements = new ArrayList<>();
    space();
    if (skip(']')) {
      return elements;
    }
    do {
      space();
      elements.add(value(depth));
      space();
    } while (skip(','));
    require(']');
    return elements;
  }

  private Long number() throws MalformedException {
    int start = at;
    skip('-');
    int digits = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    int length = at - digits;
    if (length == 0 || length > MAX_DIGITS || (length > 1 && text.charAt(digits) == '0')) {
      throw malformed();
    }
    return Long.parseLong(text.substring(start, at));
  }

  private String string() throws MalformedException {
    StringBuilder read = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return wellFormed(read.toString());
      }
      if (c < ' ') {
        throw malformed();
      }
      read.append(c == '\\' ? escaped() : c);
    }
    throw malformed();
  }

  private char escaped() throws MalformedException {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unit();
      default -> throw malformed();
    };
  }

  private char unit() throws MalformedException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? hex(text.charAt(at++)) : -1;
      if (digit < 0) {
        throw malformed();
      }
      value = 16 * value + digit;
    }
    return (char) value;
  }

  private static int hex(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }

  private String wellFormed(String read) throws MalformedException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(read)) {
      throw malformed();
    }
    return read;
  }
}
