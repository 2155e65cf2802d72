package dev.keyhold.conformance;

import dev.keyhold.keystore.googlekms.fake.FakeKms;
import dev.keyhold.keystore.googlekms.fake.FakeServer;
import java.util.concurrent.atomic.AtomicInteger;

/** The fake of Google Cloud KMS that the tests of one JVM share; it ends with the JVM. */
public final class GoogleFake {
  private static final AtomicInteger RINGS = new AtomicInteger();

  private GoogleFake() {}

  private static final class Holder {
    static final FakeServer SERVER = FakeServer.start();
  }

  /** The name of a key ring that is still empty. */
  static String newKeyRing() {
    return FakeServer.KEY_RING + "-" + RINGS.incrementAndGet();
  }

  /** What the option endpoint is to be. */
  public static String endpoint() {
    return Holder.SERVER.endpoint();
  }

  /** The service, with its counters. */
  public static FakeKms kms() {
    return Holder.SERVER.kms();
  }
}
