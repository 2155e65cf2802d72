package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fragments of the guide to Java compile and run, in their order, as one program. */
class JavaGuideTest {
  private static final Page PAGE = Page.of("docs/guides/java.md");

  @TempDir Path folder;

  @Test
  void itsFragmentsAreAProgram() throws Exception {
    PageShell shell = new PageShell(folder);
    shell.write("keyhold.properties", Page.of("README.md").run("properties").get(0));
    String program =
        String.join(
            "\n",
            "import dev.keyhold.*;",
            "import java.io.*;",
            "import java.nio.file.*;",
            "import java.security.*;",
            "import javax.crypto.*;",
            "class Guide {",
            "public static void main(String[] args) throws Exception {",
            "Security.addProvider(new KeyholdProvider());",
            "KeyStore keys = KeyStore.getInstance(\"Keyhold\");",
            "keys.load(null, null);",
            "Key key = keys.getKey(\"orders\", null);",
            "Path path = Path.of(\"object\");",
            "InputStream in = new ByteArrayInputStream(new byte[100000]);",
            String.join("\n", PAGE.run("java"))
                .replace("/etc/keyhold/orders.properties", "keyhold.properties"),
            "}}");
    shell.write("Guide.java", program);
    String output =
        shell.run("keyhold keys create orders >created\njava -cp 'dist/lib/*' Guide.java");
    assertEquals(List.of("true", "hello", "Keyhold-orders"), output.lines().toList());
  }

  /** The line of java.security configures the same as the call. */
  @Test
  void itsLineOfJavaSecurityHasTheArgumentOfTheCall() {
    String line = PAGE.run("properties").get(0).strip();
    String argument =
        line.substring(line.indexOf("KeyholdProvider ") + "KeyholdProvider ".length());
    assertTrue(line.matches("security\\.provider\\.\\d+=dev\\.keyhold\\.KeyholdProvider .+"), line);
    assertTrue(String.join("", PAGE.run("java")).contains("configure(\"" + argument + "\")"), line);
  }
}
