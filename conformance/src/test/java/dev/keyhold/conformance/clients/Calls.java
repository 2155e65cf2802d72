package dev.keyhold.conformance.clients;

import dev.keyhold.conformance.KeyholdConfig;
import java.util.function.IntSupplier;

/**
 * A backend whose calls are counted where they arrive.
 *
 * @param config leads to it
 * @param signatures how many signatures it was asked for so far
 * @param all how many calls of whatever kind it had so far
 */
record Calls(KeyholdConfig config, IntSupplier signatures, IntSupplier all, Runnable end)
    implements AutoCloseable {
  @Override
  public void close() {
    end.run();
  }
}
