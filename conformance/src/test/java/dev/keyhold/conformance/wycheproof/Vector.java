package dev.keyhold.conformance.wycheproof;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.HexFormat;
import java.util.Locale;

/** One test vector, with the attributes of its group. */
record Vector(VectorFile file, JsonObject group, JsonObject test) {
  /** What has to come of it. */
  enum Result {
    /** It must work. */
    VALID,
    /** It must be refused. */
    INVALID,
    /** It may work or be refused. */
    ACCEPTABLE
  }

  int id() {
    return test.get("tcId").getAsInt();
  }

  Result result() {
    return Result.valueOf(text("result").toUpperCase(Locale.ROOT));
  }

  boolean has(String name) {
    return test.has(name);
  }

  /** A field of the vector, else of its group. */
  String text(String name) {
    return field(name).getAsString();
  }

  /** A number of the vector, else of its group. */
  int number(String name) {
    return field(name).getAsInt();
  }

  /** Bytes, which stand as hexadecimal digits. */
  byte[] bytes(String name) {
    return HexFormat.of().parseHex(text(name));
  }

  private JsonElement field(String name) {
    JsonElement field = test.has(name) ? test.get(name) : group.get(name);
    if (field == null) {
      throw new IllegalArgumentException("the vector has no " + name);
    }
    return field;
  }

  @Override
  public String toString() {
    JsonElement comment = test.get("comment");
    return "%s tcId %d \"%s\" %s (%s)"
        .formatted(
            file.name(),
            id(),
            comment == null ? "" : comment.getAsString(),
            test.get("flags"),
            text("result"));
  }
}
