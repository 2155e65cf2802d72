package dev.keyhold.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoTest {
  @ParameterizedTest
  @ValueSource(strings = {"software", "pkcs11"})
  void theWholeLessonRunsAndLeavesNothing(String backend) throws IOException, InterruptedException {
    assumeTrue(backend.equals("software") || SoftHsmToken.isInstalled(), "needs SoftHSM2");
    Process demo =
        OwnProcess.of(Demo.class, "--backend", backend).redirectErrorStream(true).start();
    byte[] bytes = demo.getInputStream().readAllBytes();
    String shown = new String(bytes, StandardCharsets.UTF_8);
    assertEquals(0, demo.waitFor(), shown);
    assertTrue(shown.contains("found provider Keyhold by the key"), shown);
    assertTrue(shown.contains("The same, byte by byte"), shown);
    assertTrue(shown.contains("refused by     javax.crypto.AEADBadTagException"), shown);
    assertTrue(shown.contains("version 2  active, protects new data"), shown);
    assertEquals(3, shown.lines().filter(line -> line.contains("100%")).count(), shown);
    List<String> lines = shown.lines().toList();
    assertTrue(lines.stream().allMatch(line -> line.length() <= 80), shown);
    assertFalse(Files.exists(Path.of(lines.get(1))), lines.get(1));
  }
}
