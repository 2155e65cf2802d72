package dev.keyhold.keystore.pkcs11.library;

import java.io.PrintStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Captures the text that SunPKCS11 prints with {@code showInfo = true}: only there does the JDK
 * tell a token's label. While an action runs, {@code System.out} is replaced; the output of other
 * threads is passed on to the former stream.
 */
final class ShowInfo extends PrintStream {
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private final PrintStream original;
  private final StringBuilder caught = new StringBuilder();
  private volatile Thread owner = Thread.currentThread();

  private ShowInfo(PrintStream original) {
    super(original, true);
    this.original = original;
  }

  /** Runs an action and returns what it printed, even where it fails in the end. */
  static String during(Runnable action) throws InterruptedException {
    ONE_AT_A_TIME.lockInterruptibly();
    try {
      ShowInfo stream = new ShowInfo(System.out);
      System.setOut(stream);
      try {
        action.run();
        return stream.caught.toString();
      } finally {
        // other code may hold a reference to this stream: it captures nothing from now on
        stream.owner = null;
        if (System.out == stream) {
          System.setOut(stream.original);
        }
      }
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  @Override
  public void println(String line) {
    if (Thread.currentThread() == owner) {
      caught.append(line).append('\n');
    } else {
      original.println(line);
    }
  }

  @Override
  public void println(Object line) {
    println(String.valueOf(line));
  }

  @Override
  public void print(String text) {
    original.print(text);
  }

  @Override
  public void close() {
    original.close();
  }
}
