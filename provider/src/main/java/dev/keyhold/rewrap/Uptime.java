package dev.keyhold.rewrap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time since a host was started, which nobody can set.
 *
 * @param start names this start of this host
 */
public record Uptime(String start, Duration since) {
  private static final Pattern TEXT = Pattern.compile("([0-9a-f-]{1,64}) ([0-9]{1,15})");
  private static final Path START = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path SINCE = Path.of("/proc/uptime");

  /** Returns that of this host; empty where the system is not Linux. */
  static Optional<Uptime> now() {
    try {
      String seconds = Files.readString(SINCE, StandardCharsets.US_ASCII).split("[. ]", 2)[0];
      return parse(Files.readString(START, StandardCharsets.US_ASCII).strip() + " " + seconds);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Optional<Uptime> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(
            new Uptime(parts.group(1), Duration.ofSeconds(Long.parseLong(parts.group(2)))))
        : Optional.empty();
  }

  String text() {
    return start + " " + since.toSeconds();
  }

  /** Returns the time since another moment; empty if that was before this start, or elsewhere. */
  Optional<Duration> after(Uptime other) {
    return start.equals(other.start) ? Optional.of(since.minus(other.since)) : Optional.empty();
  }
}
