package dev.keyhold.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long now = 1_000;

  private Progress progress(Progress.Mode mode, long length) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Progress progress = new Progress(out, mode, "encrypting", length, () -> now);
    progress.advance(0);
    return progress;
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void itShowsPercentBytesSpeedAndTheTimeThatIsLeft() {
    Progress progress = progress(Progress.Mode.LIVE, 4_000_000_000L);
    now += 2_000_000_000L;
    progress.advance(1_000_000_000L);
    assertEquals(
        "encrypting [#####...............]  25%  1.00 GB  500 MB/s  ETA 0:06", shown().strip());
    now += 6_000_000_000L;
    progress.advance(3_000_000_000L);
    progress.end();
    progress.close();
    assertTrue(shown().contains("[####################] 100%  4.00 GB  500 MB/s  in 8.0 s"));
  }

  @Test
  void itStaysWithinATerminalsWidth() {
    Progress progress = progress(Progress.Mode.LIVE, Long.MAX_VALUE);
    for (int i = 0; i < 100; i++) {
      now += 200_000_000L;
      progress.advance(1L << (i % 40));
    }
    assertTrue(shown().lines().count() > 50); // a carriage return ends a line, too
    assertTrue(shown().lines().allMatch(line -> line.length() <= 79), shown());
  }

  @Test
  void shortWorkIsNotShown() {
    Progress progress = progress(Progress.Mode.LONG_WORK, 100);
    now += 400_000_000L;
    progress.advance(100);
    progress.end();
    progress.close();
    assertEquals("", shown());
  }

  @Test
  void longWorkIsShown() {
    Progress progress = progress(Progress.Mode.LONG_WORK, 100);
    now += 600_000_000L;
    progress.advance(50);
    assertTrue(shown().contains("50%"), shown());
  }

  @Test
  void workOfUnknownLengthHasNoPercent() {
    Progress progress = progress(Progress.Mode.LIVE, Progress.UNKNOWN);
    now += 1_000_000_000L;
    progress.advance(5_000_000);
    assertEquals("encrypting 5.00 MB  5.00 MB/s  in 1.0 s", shown().strip());
  }

  @Test
  void withoutATerminalThereIsOneLine() {
    Progress progress = progress(Progress.Mode.AT_END, 1_000);
    for (int i = 0; i < 10; i++) {
      now += 1_000_000_000L;
      progress.advance(100);
    }
    progress.end();
    progress.close();
    assertEquals(1, shown().lines().count());
    assertTrue(shown().startsWith("encrypting [####################] 100%  1.00 kB"), shown());
  }
}
