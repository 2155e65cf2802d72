package dev.keyhold.epoch;

import dev.keyhold.epoch.EpochMaker.Made;
import dev.keyhold.epoch.board.Board.Place;
import dev.keyhold.object.HkdfKey;
import dev.keyhold.policy.EpochBounds;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An epoch key in use, the header that all its objects have, and how long it serves. Thread-safe.
 */
public final class WritingEpoch {
  /** The interval of attempts to replace an epoch key that lacks a key of its policy. */
  private static final long COMPLETION_NANOS = 30_000_000_000L;

  private final EpochKey key;
  private final byte[] header;
  private final EpochBounds bounds;
  private final EpochUsage usage;
  private final long begun;
  private final long maxAgeNanos;

  /** The place on the board; null without a board. */
  private final Place place;

  /**
   * The age for renewal: 70 to 90 % of the maximum age, so that a fleet that started together does
   * not renew together.
   */
  private final long renewAfter;

  /** The time of the next attempt to make one with all keys; null for one that has all. */
  private final AtomicLong completion;

  /**
   * Begins to serve.
   *
   * @param begun when it was asked for, by the clock
   * @param last the one before; null for none. If it is the same key again, what was done under it
   *     counts
   */
  WritingEpoch(FleetEpochs.Shared taken, EpochBounds bounds, long begun, WritingEpoch last) {
    Made made = taken.made();
    this.key = new EpochKey(made.topKey());
    this.header = made.header();
    this.place = taken.place();
    this.bounds = bounds;
    this.begun = begun;
    maxAgeNanos = bounds.maxAge().toNanos();
    boolean again = last != null && Arrays.equals(last.header, header);
    usage = again ? last.usage : new EpochUsage(bounds);
    completion = made.lacksKeys() ? new AtomicLong(begun + COMPLETION_NANOS) : null;
    renewAfter = (long) (maxAgeNanos * (0.7 + 0.2 * ThreadLocalRandom.current().nextDouble()));
  }

  /**
   * Counts one object more, and returns its input key.
   *
   * @throws IllegalStateException if it was destroyed meanwhile: there is another one
   */
  public HkdfKey begin() {
    HkdfKey inputKey = key.inputKey();
    usage.addObject();
    return inputKey;
  }

  /** Counts bytes of plaintext. */
  public void addBytes(long count) {
    usage.addBytes(count);
  }

  public boolean isDestroyed() {
    return key.isDestroyed();
  }

  void destroy() {
    key.destroy();
  }

  /** Returns what its objects begin with, its MAC included; not a copy. */
  public byte[] header() {
    return header;
  }

  /** Returns where it is on the board; null if on none. */
  Place place() {
    return place;
  }

  private boolean isUsedUp() {
    return usage.isUsedUp();
  }

  /** Returns whether it is used up, or soon will be. */
  boolean isWorn() {
    return usage.isWorn();
  }

  /**
   * Returns whether it serves no more.
   *
   * @param now by the clock
   */
  boolean hasEnded(long now) {
    return now - begun >= maxAgeNanos || isUsedUp();
  }

  /** Returns whether it may serve while the backend is out of reach. */
  boolean servesInOutage(long now) {
    return now - begun < bounds.maxStale().toNanos() && !isUsedUp();
  }

  /** Returns whether it lacks a key, and it is time to try again to have one with all. */
  boolean isToBeCompleted(long now) {
    if (completion == null) {
      return false;
    }
    long due = completion.get();
    return now - due >= 0 && completion.compareAndSet(due, now + COMPLETION_NANOS);
  }

  boolean growsOld(long now) {
    return now - begun >= renewAfter || isWorn();
  }
}
