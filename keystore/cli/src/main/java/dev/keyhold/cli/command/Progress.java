package dev.keyhold.cli.command;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A progress bar on one line of a terminal: percent, bytes, speed, and the time that is left. Used
 * by one thread.
 */
public final class Progress implements AutoCloseable {
  /** The length of work that is not known in advance. */
  public static final long UNKNOWN = -1;

  private static final long SECOND = 1_000_000_000L;
  private static final long REDRAW = SECOND / 10;
  private static final int MAX_ETA = 72 * 3600;
  private static final int WIDTH = 20;

  /** The columns of a terminal, less the last one: a character there may break the line. */
  private static final int COLUMNS = 79;

  /** When the progress is displayed. */
  public enum Mode {
    /** Never. */
    HIDDEN(Long.MAX_VALUE, false),
    /** On a terminal, once the work has taken half a second. */
    LONG_WORK(SECOND / 2, false),
    /** On a terminal, from the beginning. */
    LIVE(REDRAW, true),
    /** One line when all is done, for output that is no terminal. */
    AT_END(Long.MAX_VALUE, true);

    private final long firstDraw;
    private final boolean endShown;

    Mode(long firstDraw, boolean endShown) {
      this.firstDraw = firstDraw;
      this.endShown = endShown;
    }
  }

  private final PrintStream out;
  private final Mode mode;
  private final String activity;
  private final long length;
  private final LongSupplier clock;
  private long start;
  private boolean started;
  private long nextDraw;
  private long done;
  private boolean drawn;

  /**
   * Progress of one piece of work, whose time runs from its first {@link #advance}.
   *
   * @param activity what is done, in one word
   * @param length in bytes, or {@link #UNKNOWN}
   */
  public Progress(PrintStream out, Mode mode, String activity, long length) {
    this(out, mode, activity, length, System::nanoTime);
  }

  /** Creates a display of progress with a clock in nanoseconds. */
  public Progress(PrintStream out, Mode mode, String activity, long length, LongSupplier clock) {
    this.out = out;
    this.mode = mode;
    this.activity = activity;
    this.length = length;
    this.clock = clock;
    nextDraw = mode.firstDraw;
  }

  /** Adds a number of bytes to those that are done. */
  public void advance(long bytes) {
    done += bytes;
    long elapsed = elapsed();
    if (elapsed >= nextDraw) {
      draw(elapsed);
      nextDraw = elapsed + REDRAW;
    }
  }

  /** All is done: shows the end, if anything was shown. */
  public void end() {
    if (drawn || mode.endShown) {
      draw(elapsed());
    }
  }

  private long elapsed() {
    long now = clock.getAsLong();
    if (!started) {
      start = now;
      started = true;
    }
    return now - start;
  }

  private void draw(long elapsed) {
    drawn = true;
    double seconds = Math.max(elapsed, 1) / (double) SECOND;
    double speed = done / seconds;
    StringBuilder line = new StringBuilder(activity).append(' ');
    if (length > 0) {
      double part = Math.min(1, done / (double) length);
      int filled = (int) (WIDTH * part);
      line.append('[').append("#".repeat(filled)).append(".".repeat(WIDTH - filled)).append("] ");
      line.append(String.format(Locale.ROOT, "%3d%%  ", (int) (100 * part)));
    }
    line.append(Text.size((double) done)).append("  ").append(Text.size(speed)).append("/s");
    if (length > 0 && done > 0 && done < length) {
      line.append("  ETA ").append(duration((length - done) / speed));
    } else {
      line.append("  in ").append(String.format(Locale.ROOT, "%.1f s", seconds));
    }
    out.print(
        mode == Mode.AT_END ? line.toString() : "\r" + String.format("%-" + COLUMNS + "s", line));
    out.flush();
  }

  private static String duration(double seconds) {
    if (seconds > MAX_ETA) {
      return "days";
    }
    long total = Math.round(Math.ceil(seconds));
    return total < 3600
        ? String.format(Locale.ROOT, "%s:%02d", total / 60, total % 60)
        : String.format(Locale.ROOT, "%s:%02d:%02d", total / 3600, total / 60 % 60, total % 60);
  }

  /** Ends the line, whether the work was done or not. */
  @Override
  public void close() {
    if (drawn) {
      out.println();
    }
  }
}
