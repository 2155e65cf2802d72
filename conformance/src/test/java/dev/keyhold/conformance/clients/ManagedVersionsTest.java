package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keyhold on the class path of an application that manages the versions of its libraries by a BOM:
 * those that Keyhold uses too are there in the version of the BOM.
 */
@Tag("apps")
class ManagedVersionsTest {
  /** The folder in {@code conformance/apps}, and what the page calls it. */
  private static final List<String[]> APPLICATIONS =
      List.of(
          new String[] {"boot-3.2", "Spring Boot 3.2"},
          new String[] {"boot-3.4", "Spring Boot 3.4"},
          new String[] {"boot-3.5", "Spring Boot 3.5"},
          new String[] {"boot-4.0", "Spring Boot 4.0"},
          new String[] {"spring-cloud-aws-3.1", "Spring Cloud AWS 3.1"},
          new String[] {"spring-cloud-aws-3.4", "Spring Cloud AWS 3.4"},
          new String[] {"quarkus-3", "Quarkus 3.27"});

  @TempDir Path folder;

  private static Stream<Arguments> applications() {
    return APPLICATIONS.stream()
        .flatMap(
            application ->
                Stream.of(Place.SOFTWARE, Place.AWS_KMS, Place.GOOGLE_KMS)
                    .flatMap(
                        place ->
                            Stream.of("per-object", "epoch")
                                .map(
                                    keys ->
                                        Arguments.of(
                                            application[0], application[1], place, keys))));
  }

  @ParameterizedTest
  @MethodSource("applications")
  void aProgramEncryptsAndDecrypts(String application, String name, Place place, String dataKeys)
      throws Exception {
    String classPath = ApplicationJvm.classPath(application);
    KeyholdConfig config =
        place == Place.AWS_KMS
            ? KeyholdConfig.ofAws(folder, AwsEmulator.MOTO.empty())
            : place.open(folder);
    Path configuration =
        config.line("key.orders = b").line("key.orders.data-keys = " + dataKeys).write();
    List<String> arguments = new ArrayList<>();
    Path logging = ApplicationJvm.folder(application).resolve("logging.properties");
    if (Files.exists(logging)) {
      arguments.add("-Dlogging.configuration=" + logging.toUri());
    }
    arguments.addAll(List.of("-cp", classPath, Jvm.program("App.java").toString()));
    arguments.addAll(List.of("last", configuration.toString()));
    Jvm.Result result = Jvm.run("java", arguments.toArray(String[]::new));
    if (place == Place.GOOGLE_KMS
        && ApplicationJvm.version(classPath, "protobuf-java").startsWith("3.")) {
      assertEquals(1, result.exitCode(), result.output());
      assertTrue(result.output().contains("com.google.cloud:libraries-bom"), result.output());
      Compatibility.is(
          place, new Row(Table.MANAGED, name, dataKeys), "no: protobuf 3, told with the remedy");
      return;
    }
    String output = result.successful();
    assertTrue(output.strip().endsWith("OK Keyhold"), output);
    assertEquals(
        isBefore157(ApplicationJvm.version(classPath, "opentelemetry-api")),
        output.contains("opentelemetry-api") && output.contains("1.57"),
        output);
    Compatibility.works(place, new Row(Table.MANAGED, name, dataKeys));
  }

  private static boolean isBefore157(String version) {
    String[] parts = version.split("\\.", -1);
    return Integer.parseInt(parts[0]) == 1 && Integer.parseInt(parts[1]) < 57;
  }
}
