package dev.keyhold.conformance;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Header;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.SecretKey;

/** Takes the data key of an object out of its wrap, as the key's owner can. */
public final class DataKey {
  private DataKey() {}

  /** The data key of an object with one recipient. */
  public static byte[] of(SecretKey key, byte[] object) {
    try {
      SecretKeyHandle handle = (SecretKeyHandle) key;
      KeyRouter router = handle.instance().router();
      Header header = Envelope.inspect(object);
      WrappedKey wrapped = header.recipients().get(0).wrapped();
      return router.pass(
          handle.policy(), new KeyCall.Unwrap(wrapped, context(handle.policy().binding())));
    } catch (BackendException | Header.MalformedHeaderException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The wrap context as FORMAT.md section 3.1 has it; spelled out, not asked of the code. */
  private static WrapContext context(String binding) {
    Map<String, String> entries = new HashMap<>();
    entries.put("keyhold-binding", binding);
    entries.put("keyhold-combinator", "single");
    entries.put("keyhold-data-keys", "per-object");
    entries.put("keyhold-format", "1");
    entries.put("keyhold-recipient", "0");
    entries.put("keyhold-recipients", "1");
    entries.put("keyhold-suite", "Cobblestone-256");
    return new WrapContext(entries);
  }
}
