package dev.keyhold.platform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTextTest {
  @TempDir Path process;

  private ProcessText with(String file, byte[]... texts) throws IOException {
    try (var out = Files.newOutputStream(process.resolve(file))) {
      for (byte[] text : texts) {
        out.write(text);
        out.write(0);
      }
    }
    return new ProcessText(process);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** As a JVM has it whose locale is the one of this test. */
  private static String decoded(byte[] bytes) {
    return new String(bytes, java.nio.charset.Charset.defaultCharset());
  }

  @Test
  void theBytesOfAVariableAreUtf8() throws IOException {
    ProcessText text = with("environ", utf8("A=1"), utf8("PÄSS=wörd=x"), utf8("=C:=C:\\"));
    Map<String, String> jvm =
        Map.of("A", "1", decoded(utf8("PÄSS")), decoded(utf8("wörd=x")), "=C:", "C:\\");
    assertEquals(Map.of("A", "1", "PÄSS", "wörd=x", "=C:", "C:\\"), text.environment(jvm));
  }

  @Test
  void aVariableThatTheProgramChangedIsNotWhatItStartedWith() throws IOException {
    ProcessText text = with("environ", utf8("PASS=früher"));
    Map<String, String> jvm = Map.of("PASS", decoded(utf8("später")));
    assertEquals(jvm, text.environment(jvm));
  }

  @Test
  void whatIsAsciiNeedsNoBytes() {
    Map<String, String> jvm = Map.of("PASS", "word");
    assertSame(jvm, new ProcessText(process).environment(jvm));
  }

  @Test
  void withoutTheBytesAllStaysAsTheJvmDecodedIt() {
    Map<String, String> jvm = Map.of("PASS", "w\uFFFDrd");
    assertEquals(jvm, new ProcessText(process).environment(jvm));
    assertArrayEquals(new String[] {"\uFFFD"}, new ProcessText(process).arguments("\uFFFD"));
  }

  @Test
  void theArgumentsAreTheLastOnes() throws IOException {
    ProcessText text =
        with("cmdline", utf8("java"), utf8("-Da=ä"), utf8("Main"), utf8("ö"), utf8("plain"));
    assertArrayEquals(new String[] {"ö", "plain"}, text.arguments(decoded(utf8("ö")), "plain"));
    assertEquals("ä", text.property("a", decoded(utf8("ä"))));
    String[] ofAFile = {decoded(utf8("ü")), "x"};
    assertSame(ofAFile, text.arguments(ofAFile));
  }
}
