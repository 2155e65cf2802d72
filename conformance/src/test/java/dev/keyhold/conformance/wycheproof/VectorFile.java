package dev.keyhold.conformance.wycheproof;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A file of test vectors. The name is for messages only; what the file holds is said by its schema
 * and the types of its groups.
 */
record VectorFile(String name, JsonObject content) {
  /**
   * What decides how vectors are run.
   *
   * @param schema without version and file type, such as {@code mac_test_schema}
   */
  record Kind(String schema, String type) {
    @Override
    public String toString() {
      return schema + "/" + type;
    }
  }

  /** All files {@code *.json} of a folder, in the order of their names. */
  static List<Path> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws AssertionError if it is not JSON, or not of the form that all Wycheproof files have
   */
  static VectorFile read(Path path) {
    String name = path.getFileName().toString();
    try (Reader reader = Files.newBufferedReader(path)) {
      JsonObject content = JsonParser.parseReader(reader).getAsJsonObject();
      if (!content.has("schema") || !content.has("testGroups")) {
        throw new AssertionError(name + " is not a file of test vectors: no schema, no testGroups");
      }
      return new VectorFile(name, content);
    } catch (JsonParseException | IllegalStateException e) {
      throw new AssertionError(name + " is not a file of test vectors", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of the algorithm as Wycheproof writes it, such as {@code AES-GCM}. */
  String algorithm() {
    return content.has("algorithm") ? content.get("algorithm").getAsString() : "";
  }

  /** The vectors of each kind, in the order of the file. */
  Map<Kind, List<Vector>> vectors() {
    Map<Kind, List<Vector>> vectors = new LinkedHashMap<>();
    String schema = content.get("schema").getAsString().replaceFirst("(_v[0-9]+)?\\.json$", "");
    for (JsonElement element : content.getAsJsonArray("testGroups")) {
      JsonObject group = element.getAsJsonObject();
      Kind kind = new Kind(schema, group.get("type").getAsString());
      List<Vector> ofKind = vectors.computeIfAbsent(kind, k -> new ArrayList<>());
      for (JsonElement test : group.getAsJsonArray("tests")) {
        ofKind.add(new Vector(this, group, test.getAsJsonObject()));
      }
    }
    return vectors;
  }
}
