package dev.keyhold.conformance.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.config.Configuration;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.Python;
import dev.keyhold.keystore.BackendFactory;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Kubernetes example, as far as it can be tried without a cluster. Its README says how far. */
class KubernetesExampleTest {
  private static final String VARIANTS = "dev.keyhold.conformance.kubernetes.Variant#all";
  private static final List<String> KUBERNETES_VERSIONS = List.of("1.30", "1.37");

  @TempDir Path folder;

  @Test
  void thereIsAVariantForEachPlaceOfKeys() {
    assertEquals(List.of("eks", "gke", "hsm"), Variant.all().map(Variant::toString).toList());
  }

  @ParameterizedTest
  @MethodSource(VARIANTS)
  void everyResourceIsAsItsSchemaSays(Variant variant) throws Exception {
    Python.Result result = validate(variant.files());
    String report = new String(result.output(), StandardCharsets.UTF_8) + result.errors();
    assertEquals(0, result.exitCode(), report);
    assertEquals(
        (long) variant.resources().size() * KUBERNETES_VERSIONS.size(),
        report.lines().filter(line -> line.matches("INFO .* passed for resource .*")).count(),
        report);
  }

  @Test
  void aMistypedFieldWouldBeSeen() throws Exception {
    Path deployment = Variant.home().resolve("base/deployment.yaml");
    String text = Files.readString(deployment);
    String mistyped = text.replace("readOnlyRootFilesystem:", "readOnlyRootFileSystem:");
    assertNotEquals(text, mistyped);
    Path file = Files.writeString(folder.resolve("deployment.yaml"), mistyped);
    assertNotEquals(0, validate(List.of(file)).exitCode());
  }

  private static Python.Result validate(List<Path> files) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-m", "kubernetes_validate", "--strict"));
    KUBERNETES_VERSIONS.forEach(version -> arguments.addAll(List.of("-k", version)));
    files.forEach(file -> arguments.add(file.toString()));
    return Python.run(Map.of(), "", arguments);
  }

  @ParameterizedTest
  @MethodSource(VARIANTS)
  void kubectlReadsTheSameResources(Variant variant) throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(bin -> Files.isExecutable(Path.of(bin, "kubectl"))),
        "kubectl is not installed; it renders the kustomizations");
    Path output = folder.resolve("rendered.yaml");
    Process kubectl =
        new ProcessBuilder("kubectl", "kustomize", variant.folder().toString())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(0, kubectl.waitFor());
    assertEquals(
        variant.resources().stream().map(Node::value).collect(Collectors.toSet()),
        Variant.documents("rendered", Files.readString(output))
            .map(Node::value)
            .collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource(VARIANTS)
  void whatIsReferredToIsDeclared(Variant variant) {
    Pod pod = variant.pod();
    assertTrue(variant.declares("ServiceAccount", pod.spec().at("serviceAccountName").text()));
    for (Node mount : pod.container().at("volumeMounts").items()) {
      assertTrue(pod.volume(mount.at("name").text()).isThere(), mount.at("name")::text);
    }
    for (Node volume : pod.spec().at("volumes").items()) {
      Node configMap = volume.at("configMap", "name");
      assertTrue(
          !configMap.isThere() || variant.declares("ConfigMap", configMap.text()), volume::text);
      Node secret = volume.at("secret");
      assertTrue(
          !secret.isThere()
              || secret.at("optional").value() == Boolean.TRUE
              || variant.declares("Secret", secret.at("secretName").text()),
          volume::text);
    }
    for (Node secret : variant.all("Secret")) {
      String name = secret.at("metadata", "name").text();
      assertTrue(
          pod.spec().at("volumes").items().stream()
              .map(volume -> volume.at("secret", "secretName"))
              .anyMatch(mounted -> mounted.isThere() && mounted.text().equals(name)),
          () -> "nobody mounts the secret " + name);
    }
  }

  @ParameterizedTest
  @MethodSource(VARIANTS)
  void everySelectorFindsThePods(Variant variant) {
    Map<?, ?> labels = variant.pod().template().at("metadata", "labels").map();
    List<Node> selectors = new ArrayList<>();
    for (String kind : List.of("Deployment", "PodDisruptionBudget")) {
      variant.all(kind).forEach(each -> selectors.add(each.at("spec", "selector")));
    }
    variant.all("NetworkPolicy").forEach(each -> selectors.add(each.at("spec", "podSelector")));
    assertEquals(4, selectors.size());
    for (Node selector : selectors) {
      Map<?, ?> wanted = selector.at("matchLabels").map();
      assertFalse(wanted.isEmpty(), selector::name);
      assertTrue(labels.entrySet().containsAll(wanted.entrySet()), selector::name);
    }
  }

  @ParameterizedTest
  @MethodSource(VARIANTS)
  void keyholdTakesItsConfiguration(Variant variant) throws Exception {
    variant.pod().layOut(folder);
    Map<String, String> environment = new TreeMap<>(variant.pod().environment());
    Path file = folder.resolve(environment.get("KEYHOLD_CONFIG").substring(1));
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    if (properties.containsKey("backend.hsm.library")) { // the image has it
      Path library = Files.createFile(folder.resolve("libpkcs11.so"));
      environment.put("KEYHOLD_BACKEND_HSM_LIBRARY", library.toString());
    }
    Configuration configuration = Configuration.read(file, environment, factories());
    assertEquals(List.of("orders"), configuration.exactAliases());
    for (Object value : properties.values()) {
      if (value.toString().startsWith("file:")) {
        Path secret = file.resolveSibling(value.toString().substring("file:".length()));
        assertTrue(Files.isRegularFile(secret.normalize()), value::toString);
      }
    }
  }

  private static Map<String, BackendFactory> factories() {
    return ServiceLoader.load(BackendFactory.class).stream()
        .map(ServiceLoader.Provider::get)
        .collect(Collectors.toMap(BackendFactory::type, factory -> factory));
  }

  @ParameterizedTest
  @MethodSource(VARIANTS)
  void aContainerMayDoNoMoreThanItMust(Variant variant) {
    Pod pod = variant.pod();
    Node security = pod.container().at("securityContext");
    assertEquals(false, security.at("allowPrivilegeEscalation").value());
    assertEquals(true, security.at("readOnlyRootFilesystem").value());
    assertEquals(List.of("ALL"), security.at("capabilities", "drop").texts());
    assertEquals(true, pod.spec().at("securityContext", "runAsNonRoot").value());
    assertEquals(false, pod.spec().at("automountServiceAccountToken").value());
    for (Node variable : pod.container().at("env").items()) {
      assertFalse(variable.at("valueFrom").isThere(), "a secret stands in no variable");
    }
    for (Node mount : pod.container().at("volumeMounts").items()) {
      assertTrue(
          mount.at("readOnly").value() == Boolean.TRUE
              || pod.volume(mount.at("name").text()).at("emptyDir").isThere(),
          mount.at("name")::text);
    }
    for (Node policy : variant.all("NetworkPolicy")) {
      assertEquals(List.of("Egress"), policy.at("spec", "policyTypes").texts());
      for (Node rule : policy.at("spec", "egress").items()) {
        assertFalse(rule.at("to").items().isEmpty(), "a rule without 'to' lets everything out");
        assertFalse(rule.at("ports").items().isEmpty(), "a rule names its ports");
      }
    }
  }

  /**
   * Flags that the JVM of the image, and that of the probes, does not know would end it at once.
   */
  @Test
  void theJvmTakesItsFlags() throws Exception {
    String dockerfile = Files.readString(Variant.home().resolve("Dockerfile"));
    String probes =
        Variant.all().findFirst().orElseThrow().pod().environment().get("KEYHOLD_JAVA_OPTS");
    for (String flags : List.of(dockerfile, probes)) {
      List<String> arguments = new ArrayList<>(flags(flags));
      assertTrue(
          arguments.containsAll(
              Set.of("-XX:-CreateCoredumpOnCrash", "-XX:+DisableAttachMechanism")),
          arguments::toString);
      arguments.add("-version");
      Jvm.runLong("java", arguments.toArray(String[]::new)).successful();
    }
  }

  private static List<String> flags(String text) {
    return Pattern.compile("-X\\S+").matcher(text).results().map(MatchResult::group).toList();
  }

  @Test
  void theImageCopiesWhatTheDistributionHas() throws IOException {
    Path root = Jvm.distribution().getParent().getParent();
    List<String> copied =
        Pattern.compile("(?m)^COPY (dist/\\S+) \\S+$")
            .matcher(Files.readString(Variant.home().resolve("Dockerfile")))
            .results()
            .map(copy -> copy.group(1))
            .toList();
    assertEquals(List.of("dist/lib", "dist/bin"), copied);
    for (String source : copied) {
      assertTrue(Files.isDirectory(root.resolve(source)), source);
    }
    assertTrue(Files.isExecutable(root.resolve("dist/bin/keyhold")));
  }
}
