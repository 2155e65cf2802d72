package dev.keyhold.cli.command;

import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Keyhold's log, while this is open: silent, because a command says itself what failed, or as plain
 * lines on a stream.
 */
public final class LogLines implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.keyhold");
  private final boolean usedParentHandlers = logger.getUseParentHandlers();
  private Handler shown;

  private LogLines() {
    logger.setUseParentHandlers(false);
  }

  public static LogLines open() {
    return new LogLines();
  }

  /** Shows each message from now on as one line. */
  public void showOn(PrintStream stream, String prefix) {
    hide();
    shown = new Lines(stream, prefix);
    logger.addHandler(shown);
  }

  /** Shows no more messages. */
  void hide() {
    if (shown != null) {
      logger.removeHandler(shown);
      shown = null;
    }
  }

  @Override
  public void close() {
    hide();
    logger.setUseParentHandlers(usedParentHandlers);
  }

  private static final class Lines extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final PrintStream stream;
    private final String prefix;

    Lines(PrintStream stream, String prefix) {
      this.stream = stream;
      this.prefix = prefix;
      setLevel(Level.INFO);
    }

    @Override
    public void publish(LogRecord message) {
      if (isLoggable(message)) {
        stream.println(prefix + Text.printable(formatter.formatMessage(message)));
      }
    }

    @Override
    public void flush() {
      stream.flush();
    }

    @Override
    public void close() {
      flush();
    }
  }
}
