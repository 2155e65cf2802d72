package dev.keyhold.custody.server.http;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.note.Base64Strict;
import dev.keyhold.custody.server.gate.GateException;
import dev.keyhold.custody.server.gate.GateException.Kind;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of a JSON object that a client sent: each is read once, with its bounds, and one that
 * nobody asked for is an error. Used by one thread.
 */
final class Fields {
  private static final int MAX_DEPTH = 3;
  private static final int MAX_ENTRIES = 64;

  private final String where;
  private final Map<String, Object> values;

  private Fields(String where, Map<String, Object> values) {
    this.where = where;
    this.values = values;
  }

  /** Reads an object of strict JSON, in UTF-8. */
  static Fields parse(byte[] bytes, int offset, int length) throws GateException {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, offset, length))
              .toString();
      JsonReader reader = new JsonReader(new StringReader(text));
      reader.setStrictness(Strictness.STRICT);
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        throw malformed("the JSON is no object");
      }
      Map<String, Object> values = object(reader, 1);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw malformed("something follows the JSON object");
      }
      return new Fields("", values);
    } catch (CharacterCodingException e) {
      throw malformed("the JSON is not UTF-8");
    } catch (MalformedJsonException e) {
      throw malformed("the JSON is not well formed");
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw malformed("the JSON can't be read");
    }
  }

  private static Map<String, Object> object(JsonReader reader, int depth)
      throws IOException, GateException {
    Map<String, Object> values = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (values.put(name, value(reader, depth)) != null) {
        throw malformed("the field " + shown(name) + " stands twice");
      }
      if (values.size() > MAX_ENTRIES) {
        throw malformed("an object has more than " + MAX_ENTRIES + " fields");
      }
    }
    reader.endObject();
    return values;
  }

  private static Object value(JsonReader reader, int depth) throws IOException, GateException {
    return switch (reader.peek()) {
      case STRING -> reader.nextString();
      case BOOLEAN -> reader.nextBoolean();
      case NUMBER -> reader.nextLong();
      case BEGIN_OBJECT -> {
        if (depth >= MAX_DEPTH) {
          throw malformed("the JSON is nested too deeply");
        }
        yield object(reader, depth + 1);
      }
      case BEGIN_ARRAY -> strings(reader);
      default -> throw malformed("the JSON has a null or another value that no field takes");
    };
  }

  private static List<String> strings(JsonReader reader) throws IOException, GateException {
    List<String> list = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      if (reader.peek() != JsonToken.STRING || list.size() >= MAX_ENTRIES) {
        throw malformed("an array has at most " + MAX_ENTRIES + " strings");
      }
      list.add(reader.nextString());
    }
    reader.endArray();
    return list;
  }

  private <T> Optional<T> take(String name, Class<T> type, String what) throws GateException {
    Object value = values.remove(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw malformed(where + name + " is " + what);
    }
    return Optional.of(type.cast(value));
  }

  private GateException missing(String name) {
    return malformed("the field " + where + name + " is missing");
  }

  /** Returns a text, which need not be there. */
  Optional<String> optional(String name, int least, int most) throws GateException {
    Optional<String> text = take(name, String.class, "a string");
    if (text.isPresent()) {
      checked(where + name, text.get(), least, most);
    }
    return text;
  }

  /** Returns a text of so many bytes at most. */
  String text(String name, int least, int most) throws GateException {
    return optional(name, least, most).orElseThrow(() -> missing(name));
  }

  private static String checked(String name, String text, int least, int most)
      throws GateException {
    boolean wellFormed = StandardCharsets.UTF_8.newEncoder().canEncode(text);
    int length = wellFormed ? text.getBytes(StandardCharsets.UTF_8).length : -1;
    if (length < least || length > most || text.chars().anyMatch(Character::isISOControl)) {
      throw malformed(
          "%s has %s to %s bytes of UTF-8 and no control characters".formatted(name, least, most));
    }
    return text;
  }

  /** Returns a whole number within bounds. */
  long number(String name, long least, long most, long otherwise) throws GateException {
    long number = take(name, Long.class, "a whole number").orElse(otherwise);
    if (number < least || number > most) {
      throw malformed("%s%s is %s to %s".formatted(where, name, least, most));
    }
    return number;
  }

  /** Returns whether a field is true. */
  boolean flag(String name) throws GateException {
    return take(name, Boolean.class, "true or false").orElse(false);
  }

  /** Returns bytes in base64. */
  Optional<byte[]> bytes(String name, int most) throws GateException {
    Optional<String> text = take(name, String.class, "base64");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64Strict.decode(text.get());
      if (bytes.length > most) {
        throw malformed("%s%s has at most %s bytes".formatted(where, name, most));
      }
      return Optional.of(bytes);
    } catch (ProofException e) {
      throw malformed(where + name + " is base64 with padding");
    }
  }

  /** Returns an object. */
  Fields object(String name) throws GateException {
    Map<?, ?> map = take(name, Map.class, "an object").orElseThrow(() -> missing(name));
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put((String) key, value));
    return new Fields(where + name + ".", copy);
  }

  /** Returns an object of texts, which need not be there. */
  Optional<Map<String, String>> texts(String name, int entries, int nameLength, int length)
      throws GateException {
    if (!values.containsKey(name)) {
      return Optional.empty();
    }
    Map<String, String> texts = new LinkedHashMap<>();
    Fields fields = object(name);
    for (Map.Entry<String, Object> entry : fields.values.entrySet()) {
      if (!(entry.getValue() instanceof String text)) {
        throw malformed(where + name + " is an object of strings");
      }
      String key = checked("a name of " + where + name, entry.getKey(), 1, nameLength);
      texts.put(key, checked(where + name + "." + shown(key), text, 0, length));
    }
    if (texts.size() > entries) {
      throw malformed("%s%s has at most %s entries".formatted(where, name, entries));
    }
    return Optional.of(texts);
  }

  /** Returns a list of words. */
  List<String> words(String name) throws GateException {
    List<String> words = new ArrayList<>();
    for (Object word :
        take(name, List.class, "an array of strings").orElseThrow(() -> missing(name))) {
      words.add((String) word);
    }
    return words;
  }

  /** Requires that no field is left. */
  void end() throws GateException {
    if (!values.isEmpty()) {
      throw malformed(
          "the field %s%s is unknown here"
              .formatted(where, shown(values.keySet().iterator().next())));
    }
  }

  private static String shown(String name) {
    String plain = name.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() > 40 ? plain.substring(0, 40) + "..." : plain;
  }

  static GateException malformed(String message) {
    return new GateException(Kind.MALFORMED, message);
  }
}
