package dev.keyhold.conformance.wycheproof;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyImport;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.opentest4j.TestAbortedException;

/**
 * AES-GCM decryption by a backend itself: the vector's key becomes a KEK, and the vector's message
 * the data key that it unwraps. The AAD of a wrap is a context of names and values, so only an
 * empty one can come from outside.
 */
final class UnwrapCheck implements Check {
  private static final WrapContext NO_CONTEXT = new WrapContext(Map.of());
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final Backend backend;

  UnwrapCheck(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void run(Vector vector) throws Exception {
    Aead aead = Aead.of(vector);
    requireFit(aead);
    KeyMetadata kek = importKey(aead.key());
    WrappedKey wrapped = wrapped(kek, aead);
    try {
      byte[] message = backend.require(Keks.class).unwrap(kek.name(), wrapped, NO_CONTEXT);
      requireMessage(vector, aead, message);
    } catch (BackendException e) {
      if (e.reason() == Reason.UNSUPPORTED) {
        throw new TestAbortedException(e.getMessage(), e);
      }
      if (e.reason() != Reason.BAD_CIPHERTEXT || vector.result() == Vector.Result.VALID) {
        throw e;
      }
    }
  }

  private static void requireFit(Aead aead) {
    if (aead.iv().length != 12 || aead.tagLength() != 16) {
      throw new TestAbortedException("a wrap has an IV of 96 and a tag of 128 bits");
    }
    if (aead.aad().length > 0) {
      throw new TestAbortedException("the AAD of a wrap is a context");
    }
    if (aead.openLength() < 1 || aead.openLength() > 64) {
      throw new TestAbortedException("a data key has 1 to 64 bytes");
    }
  }

  private KeyMetadata importKey(byte[] key) throws BackendException {
    KeySpec spec = new KeySpec("AES", 8 * key.length);
    if (!backend.purposesOf(spec).contains(Purpose.ENCRYPT)) {
      throw new TestAbortedException("this backend has no KEK " + spec);
    }
    String name = "wycheproof-" + NAMES.incrementAndGet();
    return backend
        .require(KeyImport.class)
        .importKey(new KeyRequest(name, spec, Set.of(Purpose.ENCRYPT)), key);
  }

  private static WrappedKey wrapped(KeyMetadata kek, Aead aead) {
    byte[] bytes = Arrays.copyOf(aead.iv(), aead.iv().length + aead.sealed().length);
    System.arraycopy(aead.sealed(), 0, bytes, aead.iv().length, aead.sealed().length);
    String version = kek.currentVersion().orElseThrow().id();
    return new WrappedKey(kek.identity(), version, WrapMechanism.AES_GCM, bytes);
  }

  private static void requireMessage(Vector vector, Aead aead, byte[] message) {
    HexFormat hex = HexFormat.of();
    if (vector.result() == Vector.Result.INVALID) {
      throw new AssertionError("was not refused; it returned " + hex.formatHex(message));
    }
    if (!Arrays.equals(aead.message(), message)) {
      throw new AssertionError(
          "expected " + hex.formatHex(aead.message()) + " but was " + hex.formatHex(message));
    }
  }
}
