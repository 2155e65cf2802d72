package dev.keyhold.keystore.pkcs11.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShowInfoTest {
  private final PrintStream before = System.out;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @BeforeEach
  void replaceStandardOutput() {
    System.setOut(out);
  }

  @AfterEach
  void restoreStandardOutput() {
    System.setOut(before);
  }

  @Test
  void catchesTheThreadsOwnLinesAndPutsTheStreamBack() throws Exception {
    String caught = ShowInfo.during(() -> System.out.println((Object) "label: tÃ¶k"));
    assertEquals("label: tÃ¶k\n", caught);
    assertSame(out, System.out);
    assertEquals("", bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void letsOtherThreadsPrint() throws Exception {
    ShowInfo.during(
        () -> {
          Thread other =
              new Thread(
                  () -> {
                    System.out.println("señor");
                    System.out.print('x');
                    System.out.print("y");
                    System.out.printf("%d%n", 1);
                  });
          other.start();
          try {
            other.join();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    String nl = System.lineSeparator();
    assertEquals("señor" + nl + "xy1" + nl, bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void catchesNothingAfterItsEnd() throws Exception {
    PrintStream[] kept = new PrintStream[1];
    ShowInfo.during(() -> kept[0] = System.out);
    kept[0].println("later");
    assertEquals("later" + System.lineSeparator(), bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void putsTheStreamBackAfterAFailure() {
    assertThrows(
        IllegalStateException.class,
        () ->
            ShowInfo.during(
                () -> {
                  throw new IllegalStateException();
                }));
    assertSame(out, System.out);
  }
}
