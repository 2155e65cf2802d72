package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cloud's client costs nothing where no configuration names it. */
class CloudClassesTest {
  private static final String GOOGLE = "com\\.google\\.(?!gson)|io\\.grpc";
  private static final String AWS = "software\\.amazon";

  @TempDir Path folder;

  @Test
  void noClassOfTheirClientsIsLoadedWhereTheyAreNotUsed() throws Exception {
    assertEquals(List.of(), loaded(BackendKind.SOFTWARE, GOOGLE + "|" + AWS));
  }

  @Test
  void itsClassesAreLoadedWhereItIsUsed() throws Exception {
    List<String> loaded = loaded(BackendKind.GOOGLE_KMS, GOOGLE + "|" + AWS);
    assertTrue(loaded.size() > 100);
    assertEquals(
        List.of(), loaded.stream().filter(line -> line.matches(".*(" + AWS + ")\\..*")).toList());
  }

  private List<String> loaded(BackendKind kind, String clients) throws Exception {
    Path lib = Jvm.distribution();
    Path configuration = KeyholdConfig.of(kind, folder).write();
    String output =
        Jvm.run(
                "java",
                "-verbose:class",
                "-cp",
                Jvm.classPath(lib),
                Jvm.program("App.java").toString(),
                "last",
                configuration.toString())
            .successful();
    return output
        .lines()
        .filter(line -> line.matches(".*\\[class,load\\] (" + clients + ")\\..*"))
        .toList();
  }

  @Test
  void googlesJarsAreInTheirOwnFolder() throws IOException {
    Path lib = Jvm.distribution();
    assertEquals(List.of(), jars(lib));
    assertTrue(jars(lib.resolve("google-kms")).size() > 2);
  }

  private static List<String> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("(google|grpc|proto|gax|guava)-.*\\.jar"))
          .toList();
    }
  }
}
