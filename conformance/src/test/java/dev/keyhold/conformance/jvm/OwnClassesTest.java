package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.Jvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What Keyhold brings into an application does not meet the application's own Bouncy Castle. */
class OwnClassesTest {
  @Test
  void bouncyCastleIsNotBroughtInUnderItsOwnName() throws Exception {
    Path lib = Jvm.distribution();
    List<Path> jars;
    try (Stream<Path> files = Files.list(lib)) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
    boolean found = false;
    for (Path file : jars) {
      try (JarFile jar = new JarFile(file.toFile())) {
        assertEquals(
            0,
            jar.stream().filter(entry -> entry.getName().startsWith("org/bouncycastle/")).count(),
            file.toString());
        if (file.getFileName().toString().startsWith("keyhold-bouncycastle")) {
          found = true;
          assertEquals(
              List.of(),
              jar.stream()
                  .map(entry -> entry.getName())
                  .filter(name -> name.endsWith(".class"))
                  .filter(name -> !name.startsWith("dev/keyhold/bouncycastle/"))
                  .filter(name -> !name.equals("module-info.class"))
                  .toList());
          assertTrue(jar.stream().noneMatch(entry -> entry.getName().endsWith(".SF")), "signed");
          assertTrue(jar.getEntry("META-INF/NOTICE") != null, "no notice");
        }
      }
    }
    assertTrue(found, "keyhold-bouncycastle is not in " + lib);
  }
}
