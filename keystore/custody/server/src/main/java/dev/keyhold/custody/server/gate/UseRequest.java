package dev.keyhold.custody.server.gate;

import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a workload asks to be done with a key.
 *
 * @param operation what
 * @param key the name of the key at the backend, or its URI; for {@code create} the new name
 * @param access 32 hexadecimal digits
 * @param alias as the application says
 * @param purpose as the application says
 * @param ticket as the application says
 * @param deadline how long the client waits
 * @param context what a wrap is bound to
 * @param wrapped what is to be unwrapped
 * @param confirm whether a wrap is unwrapped again and compared
 * @param input all else that makes one use another one; the arrays belong to the caller
 */
public record UseRequest(
    Operation operation,
    String key,
    String access,
    Optional<String> alias,
    Optional<String> purpose,
    Optional<String> ticket,
    Duration deadline,
    Optional<WrapContext> context,
    Optional<WrappedKey> wrapped,
    boolean confirm,
    List<byte[]> input) {
  private static final String BINDING = "keyhold-binding";
  private static final String TENANT = "keyhold-tenant";
  private static final String DATA_KEYS = "keyhold-data-keys";
  private static final String PER_OBJECT = "per-object";

  private Optional<String> entry(String name) {
    return context.map(bound -> bound.entries().get(name));
  }

  /** Returns what the context binds the wrap to. */
  public Optional<String> binding() {
    return entry(BINDING);
  }

  /** Returns whose objects they are, by the context. */
  public Optional<String> tenant() {
    return entry(TENANT);
  }

  /** Returns whether the use gives out more than the key of one object. */
  public boolean isEpoch() {
    return context.isPresent() && !PER_OBJECT.equals(context.get().entries().get(DATA_KEYS));
  }
}
