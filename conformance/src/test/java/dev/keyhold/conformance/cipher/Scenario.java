package dev.keyhold.conformance.cipher;

import java.security.Key;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** A sequence of calls on a fresh cipher object, and what it comes to. */
record Scenario(String name, Calls calls) {
  /** The calls; what they return is compared, or the class of what they throw. */
  @FunctionalInterface
  interface Calls {
    Object on(Cipher cipher, Key key) throws Exception;
  }

  static final int TAG_BITS = 128;

  /** A fixed IV; every scenario has a cipher object of its own. */
  static GCMParameterSpec iv(int first) {
    byte[] iv = new byte[12];
    iv[0] = (byte) first;
    return new GCMParameterSpec(TAG_BITS, iv);
  }

  /** What the calls come to, as text that can be compared. */
  String outcome(Cipher cipher, Key key) {
    try {
      return String.valueOf(calls.on(cipher, key));
    } catch (Exception | AssertionError e) {
      return e.getClass().getName();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
