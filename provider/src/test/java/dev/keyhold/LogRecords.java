package dev.keyhold;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What the loggers of Keyhold say while this is open. */
@SuppressWarnings("exports") // of java.logging: the tests alone use it
public final class LogRecords extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.keyhold");
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final SimpleFormatter formatter = new SimpleFormatter();

  /** Begins to listen. */
  public LogRecords() {
    logger.addHandler(this);
  }

  /** The warnings so far. */
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      warnings.add(formatter.formatMessage(record));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
