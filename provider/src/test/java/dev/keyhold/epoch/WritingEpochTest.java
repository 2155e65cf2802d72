package dev.keyhold.epoch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochMaker.Made;
import dev.keyhold.policy.EpochBounds;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What was done under an epoch key counts when a renewal finds the same key again. */
class WritingEpochTest {
  private static final Duration AGE = Duration.ofMinutes(5);

  private static WritingEpoch epoch(int header, EpochBounds bounds, WritingEpoch last) {
    byte[] topKey = new byte[32];
    Arrays.fill(topKey, (byte) 7);
    Made made = new Made(topKey, new byte[] {(byte) header}, false);
    return new WritingEpoch(new FleetEpochs.Shared(null, made), bounds, 0, last);
  }

  @Test
  void objectsOfTheSameKeyCountOn() {
    EpochBounds bounds = new EpochBounds(AGE, AGE, 6, 1L << 40);
    WritingEpoch first = epoch(1, bounds, null);
    for (int i = 0; i < 5; i++) {
      first.begin();
    }
    WritingEpoch again = epoch(1, bounds, first);
    assertFalse(again.isWorn());
    again.begin();
    assertTrue(again.isWorn(), "the sixth under this key");
  }

  @Test
  void bytesOfTheSameKeyCountOn() {
    EpochBounds bounds = new EpochBounds(AGE, AGE, 1000, 18);
    WritingEpoch first = epoch(1, bounds, null);
    first.addBytes(12);
    WritingEpoch again = epoch(1, bounds, first);
    assertFalse(again.isWorn());
    again.addBytes(6);
    assertTrue(again.isWorn());
  }

  @Test
  void anotherKeyBeginsAtZero() {
    EpochBounds bounds = new EpochBounds(AGE, AGE, 6, 1L << 40);
    WritingEpoch first = epoch(1, bounds, null);
    for (int i = 0; i < 6; i++) {
      first.begin();
    }
    assertTrue(first.isWorn());
    WritingEpoch other = epoch(2, bounds, first);
    other.begin();
    assertFalse(other.isWorn());
  }
}
