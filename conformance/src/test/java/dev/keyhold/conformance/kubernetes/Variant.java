package dev.keyhold.conformance.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One variant of the example: the resources that its kustomization lists, those of the folders that
 * it lists among them. The kustomizations of the example do nothing but list, so that what is read
 * here is what {@code kubectl apply -k} sends.
 */
record Variant(Path folder, List<Path> files, List<Node> resources) {
  private static final String KUSTOMIZATION = "kustomization.yaml";

  /** Where the example is. */
  static Path home() {
    return Path.of(System.getProperty("keyhold.root", ".."))
        .resolve("conformance/examples/kubernetes");
  }

  /** Every variant, by the name of its folder. */
  static Stream<Variant> all() {
    try (Stream<Path> folders = Files.list(home())) {
      return folders
          .filter(folder -> Files.exists(folder.resolve(KUSTOMIZATION)))
          .filter(folder -> !folder.endsWith("base"))
          .sorted()
          .map(Variant::read)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Variant read(Path folder) {
    List<Path> files = new ArrayList<>();
    addFiles(folder, files);
    return new Variant(folder, files, files.stream().flatMap(Variant::documents).toList());
  }

  private static void addFiles(Path folder, List<Path> files) {
    Node kustomization = documents(folder.resolve(KUSTOMIZATION)).findFirst().orElseThrow();
    Set<String> keys = new TreeSet<>();
    kustomization.map().keySet().forEach(key -> keys.add(key.toString()));
    if (!keys.equals(Set.of("apiVersion", "kind", "resources"))) {
      throw new AssertionError(folder + ": a kustomization that does more than list: " + keys);
    }
    for (String resource : kustomization.at("resources").texts()) {
      Path path = folder.resolve(resource).normalize();
      if (Files.isDirectory(path)) {
        addFiles(path, files);
      } else {
        files.add(path);
      }
    }
  }

  /** The documents of a file, or of text. Two keys of one name are an error. */
  private static Stream<Node> documents(Path file) {
    try {
      return documents(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Node> documents(String name, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Iterable<Object> all = new Yaml(new SafeConstructor(options)).loadAll(text);
    return StreamSupport.stream(all.spliterator(), false)
        .map(document -> new Node(name, document))
        .toList()
        .stream();
  }

  /** All resources of a kind. */
  List<Node> all(String kind) {
    return resources.stream().filter(each -> each.at("kind").text().equals(kind)).toList();
  }

  /** The resource of a kind with a name. */
  boolean declares(String kind, String name) {
    return all(kind).stream().anyMatch(each -> each.at("metadata", "name").text().equals(name));
  }

  /** The pods. */
  Pod pod() {
    return new Pod(this, all("Deployment").get(0).at("spec", "template"));
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
