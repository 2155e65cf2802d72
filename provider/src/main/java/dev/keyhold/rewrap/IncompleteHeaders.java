package dev.keyhold.rewrap;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.object.Header;
import dev.keyhold.platform.OnceAMinute;
import dev.keyhold.policy.Policy;
import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;

/**
 * Reports headers that lack a key of their policy because the key was unreachable and the policy's
 * write quorum tolerates that: logs a warning, at most once a minute for each alias, and adds an
 * entry to the queue, where one is configured. Neither makes an object fail. Thread-safe.
 */
public final class IncompleteHeaders implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");

  private final OnceAMinute warnings;

  /** Null where no queue is configured. */
  private final RewrapQueueWriter queue;

  public IncompleteHeaders(KeyRouter router, LongSupplier nanoTime) {
    warnings = new OnceAMinute(nanoTime);
    this.queue =
        router
            .configuration()
            .rewrapQueue()
            .map(RewrapQueue::new)
            .map(RewrapQueueWriter::new)
            .orElse(null);
  }

  /** Returns whether a header that was made for a policy lacks any of its keys. */
  public static boolean isIncomplete(Policy policy, Header header) {
    return header.recipients().size() < policy.protectWith().keys().size();
  }

  /**
   * Must be called with each header that is made.
   *
   * @param bytes the header, MAC included; not changed
   */
  public void made(Policy policy, Header header, byte[] bytes) {
    if (!isIncomplete(policy, header)) {
      return;
    }
    warn(policy, header);
    if (queue != null) {
      queue.add(policy.alias(), policy.binding(), bytes);
    }
  }

  private void warn(Policy policy, Header header) {
    if (!warnings.isDue(policy.alias())) {
      return;
    }
    LOG.log(
        Level.WARNING,
        "objects of alias {0} are written for {1} of its {2} keys, since the others are out of reach;"
            + " rewrap them when these are back{3}",
        policy.alias(),
        header.recipients().size(),
        policy.protectWith().keys().size(),
        queue == null ? "" : " (keyhold rewrap --queue lists what is pending)");
  }

  @Override
  public void close() {
    if (queue != null) {
      queue.close();
    }
  }
}
