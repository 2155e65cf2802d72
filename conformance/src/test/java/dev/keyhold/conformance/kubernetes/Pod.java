package dev.keyhold.conformance.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What a variant's pods are, with their one container. */
record Pod(Variant variant, Node template) {
  Node spec() {
    return template.at("spec");
  }

  Node container() {
    return spec().at("containers").items().get(0);
  }

  /** The environment variables that the container is given. */
  Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    container()
        .at("env")
        .items()
        .forEach(each -> environment.put(each.at("name").text(), each.at("value").text()));
    return environment;
  }

  /** The volume of a name; nothing if there is none. */
  Node volume(String name) {
    return spec().at("volumes").items().stream()
        .filter(volume -> volume.at("name").text().equals(name))
        .findFirst()
        .orElse(new Node("volume " + name, null));
  }

  /** Lays out the files that the pod's volumes show, as the container sees them below a root. */
  void layOut(Path root) throws IOException {
    for (Node mount : container().at("volumeMounts").items()) {
      Path folder = root.resolve(mount.at("mountPath").text().substring(1));
      Files.createDirectories(folder);
      Node volume = volume(mount.at("name").text());
      write(folder, "ConfigMap", volume.at("configMap", "name"), "data");
      write(folder, "Secret", volume.at("secret", "secretName"), "stringData");
    }
  }

  private void write(Path folder, String kind, Node name, String content) throws IOException {
    if (!name.isThere()) {
      return;
    }
    for (Node resource : variant.all(kind)) {
      if (resource.at("metadata", "name").text().equals(name.text())) {
        for (Map.Entry<?, ?> file : resource.at(content).map().entrySet()) {
          Files.writeString(folder.resolve(file.getKey().toString()), file.getValue().toString());
        }
      }
    }
  }
}
