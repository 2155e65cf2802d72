package dev.keyhold.gate;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.observe.ObjectCounts;
import dev.keyhold.observe.ObjectCounts.Operation;
import dev.keyhold.observe.Observers;

/**
 * The one gate of objects: every object that is encrypted, decrypted, read or rewrapped passes
 * {@link #pass} once, through whichever class of the JCA or of Keyhold. It comes before the key
 * gate, {@link KeyRouter#pass(Access, dev.keyhold.policy.KeyRef, KeyCall)}, and sees more: under an
 * epoch key many objects cost one use of a key. Thread-safe.
 */
public final class ObjectGate {
  private final ObjectCounts counts = new ObjectCounts();

  /**
   * Creates a gate whose counts are zero.
   *
   * @param observers are told of the counts
   */
  public ObjectGate(Observers observers) {
    observers.counting(counts);
  }

  /**
   * Counts an object, before anything else is done with it. Takes no lock and does no I/O.
   *
   * @param access what the application declared of its use
   * @throws BackendException with DENIED where a rule refuses it; there is no such rule now
   */
  @SuppressWarnings("unused") // what a rule decides by
  public void pass(Access access, Operation operation) throws BackendException {
    counts.add(operation);
  }
}
