package dev.keyhold.epoch;

import dev.keyhold.keys.PolicyKeys;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Header;
import dev.keyhold.object.HeaderMac;
import dev.keyhold.policy.Policy;
import dev.keyhold.rewrap.IncompleteHeaders;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/** Makes epoch keys, and has each unwrapped once before it serves. Thread-safe. */
public final class EpochMaker {
  private final PolicyKeys policyKeys;
  private final Engine.Pool pool;
  private final IncompleteHeaders incomplete;

  public EpochMaker(PolicyKeys policyKeys, Engine.Pool pool, IncompleteHeaders incomplete) {
    this.policyKeys = policyKeys;
    this.pool = pool;
    this.incomplete = incomplete;
  }

  /** An epoch key and the header of its objects. */
  static final class Made {
    private final byte[] topKey;
    private final byte[] header;
    private final boolean lacksKeys;

    /**
     * Holds both as they are.
     *
     * @param topKey 32 bytes; its last owner zeroes it
     * @param header MAC included
     * @param lacksKeys whether it is for fewer keys than its policy has
     */
    Made(byte[] topKey, byte[] header, boolean lacksKeys) {
      this.topKey = topKey;
      this.header = header;
      this.lacksKeys = lacksKeys;
    }

    byte[] topKey() {
      return topKey;
    }

    byte[] header() {
      return header;
    }

    boolean lacksKeys() {
      return lacksKeys;
    }
  }

  /**
   * Returns a new epoch key. No object uses it before it is checked that the key can be unwrapped
   * again.
   *
   * @param onlyWhole whether all keys of the policy are needed, whatever its write quorum is
   */
  Made make(Policy policy, boolean onlyWhole) throws BackendException {
    byte[] topKey = LocalRandom.bytes(Cobblestone.INPUT_KEY);
    boolean good = false;
    Engine engine = pool.take();
    try {
      Header made =
          onlyWhole ? policyKeys.wrap(policy, topKey) : policyKeys.wrapForQuorum(policy, topKey);
      byte[] header = made.encode();
      HeaderMac.put(engine, topKey, header);
      byte[] back = policyKeys.open(policy, header, engine);
      good = MessageDigest.isEqual(topKey, back);
      Arrays.fill(back, (byte) 0);
      if (!good) {
        throw new BackendException(
            Reason.UNAVAILABLE, "the backend unwraps another key than it wrapped");
      }
      incomplete.made(policy, made, header);
      return new Made(topKey, header, IncompleteHeaders.isIncomplete(policy, made));
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
