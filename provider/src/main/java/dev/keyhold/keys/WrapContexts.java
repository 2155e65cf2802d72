package dev.keyhold.keys;

import dev.keyhold.keystore.WrapContext;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Wrap contexts that were made lately: most objects have that of the one before. Thread-safe. */
final class WrapContexts {
  /** A power of two. */
  private static final int RECENT = 64;

  private static final AtomicReferenceArray<Made> MADE = new AtomicReferenceArray<>(RECENT);

  private record Made(
      String binding,
      Optional<String> tenant,
      DataKeyMode mode,
      Combinator combinator,
      int recipients,
      int index,
      WrapContext context) {
    boolean isFor(Policy policy, Shape shape, int count, int own) {
      return recipients == count
          && index == own
          && mode == shape.dataKeys()
          && combinator == shape.combinator()
          && binding.equals(policy.binding())
          && tenant.equals(policy.tenant());
    }
  }

  private WrapContexts() {}

  /** Returns what the wrap for a recipient of an object is bound to. */
  static WrapContext of(Policy policy, Shape shape, int recipients, int index) {
    int hash = 31 * (31 * policy.binding().hashCode() + policy.tenant().hashCode()) + index;
    int slot = (hash ^ hash >>> 16) & (RECENT - 1);
    Made known = MADE.get(slot);
    if (known != null && known.isFor(policy, shape, recipients, index)) {
      return known.context();
    }
    WrapContext context = PolicyKeys.freshContext(policy, Map.of(), shape, recipients, index);
    MADE.set(
        slot,
        new Made(
            policy.binding(),
            policy.tenant(),
            shape.dataKeys(),
            shape.combinator(),
            recipients,
            index,
            context));
    return context;
  }
}
