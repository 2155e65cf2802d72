package dev.keyhold.envelope;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.routing.Policy;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/** Makes epoch keys, and has each unwrapped once before it serves. Thread-safe. */
final class EpochMaker {
  private final TopKeys topKeys;
  private final Engine.Pool pool;

  EpochMaker(TopKeys topKeys, Engine.Pool pool) {
    this.topKeys = topKeys;
    this.pool = pool;
  }

  /** An epoch key and the header of its objects. */
  static final class Made {
    private final byte[] topKey;
    private final byte[] header;

    /**
     * Holds both as they are.
     *
     * @param topKey 32 bytes; whoever has it last zeroes it
     * @param header MAC included
     */
    Made(byte[] topKey, byte[] header) {
      this.topKey = topKey;
      this.header = header;
    }

    byte[] topKey() {
      return topKey;
    }

    byte[] header() {
      return header;
    }
  }

  /** A fresh one, which no object is under before it was seen that it can be had again. */
  Made make(Policy policy) throws BackendException {
    byte[] topKey = LocalRandom.bytes(Cobblestone.INPUT_KEY);
    boolean good = false;
    Engine engine = pool.take();
    try {
      byte[] header = topKeys.wrap(policy, topKey).encode();
      HeaderMac.put(engine, topKey, header);
      byte[] back = topKeys.open(policy, header, engine);
      good = MessageDigest.isEqual(topKey, back);
      Arrays.fill(back, (byte) 0);
      if (!good) {
        throw new BackendException(
            Reason.UNAVAILABLE, "the backend unwraps another key than it wrapped");
      }
      return new Made(topKey, header);
    } catch (AEADBadTagException e) {
      throw new BackendException(
          Reason.UNAVAILABLE, "the backend does not unwrap what it just wrapped", e);
    } finally {
      pool.giveBack(engine);
      if (!good) {
        Arrays.fill(topKey, (byte) 0);
      }
    }
  }
}
