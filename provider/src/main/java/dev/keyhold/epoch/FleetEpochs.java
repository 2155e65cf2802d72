package dev.keyhold.epoch;

import dev.keyhold.epoch.EpochMaker.Made;
import dev.keyhold.epoch.board.Board.Place;
import dev.keyhold.epoch.board.BoardEntry;
import dev.keyhold.epoch.board.GuardedBoard;
import dev.keyhold.keys.PolicyKeys;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import dev.keyhold.object.HeaderMac;
import dev.keyhold.object.Kdf;
import dev.keyhold.platform.OnceAMinute;
import dev.keyhold.policy.Policy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.crypto.AEADBadTagException;

/**
 * Epoch keys that the processes of a fleet share by a board: one for each slot, a span of time as
 * long as the policy's {@code max-age}. The first process in a slot makes its key; the others
 * unwrap it, as they would have made one of their own. So a reader of the whole fleet's objects
 * unwraps one key for each slot, not one for each process.
 *
 * <p>The board is not trusted. An entry is used only if this policy's keys unwrap it, bound to
 * exactly this place, in the versions that they have now, and each of them unwraps the same key
 * from the header that objects will have. Any other entry is ignored. Thread-safe.
 */
public final class FleetEpochs implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");
  private static final byte[] DOMAIN = Kdf.ascii("keyhold/2/board");
  private static final byte[] PURPOSE_DOMAIN = Kdf.ascii("keyhold/2/board-purpose");
  private static final String PREFIX = "keyhold-board-";

  /** The maximum number of series that are remembered. */
  static final int MAX_SERIES = 1 << 16;

  /** The number of slots that stay on the board, for clocks that differ. */
  private static final int KEPT_SLOTS = 12;

  private final PolicyKeys policyKeys;
  private final Engine.Pool pool;
  private final EpochMaker maker;
  private final GuardedBoard board;
  private final LongSupplier millis;

  /** The latest slot of each series: a clock that was set back brings no earlier entry back. */
  private final Map<String, Long> latest = new ConcurrentHashMap<>();

  /** The time at which the slots of all series were forgotten: before it, the clock is set back. */
  private final AtomicLong forgottenAt = new AtomicLong(Long.MIN_VALUE);

  private final OnceAMinute warnings = new OnceAMinute(System::nanoTime);

  /**
   * Creates the epochs of a fleet with a board.
   *
   * @param millis the time since 1970, which the fleet has in common, more or less
   */
  public FleetEpochs(
      PolicyKeys policyKeys,
      Engine.Pool pool,
      EpochMaker maker,
      GuardedBoard board,
      LongSupplier millis) {
    this.policyKeys = policyKeys;
    this.pool = pool;
    this.maker = maker;
    this.board = board;
    this.millis = millis;
  }

  /**
   * Returns the epoch key of the present slot.
   *
   * @param onlyWhole whether one is made for all keys of the policy or not at all
   * @param usedUp the place of one that has served as many objects as it may; null for none
   */
  Shared take(Policy policy, boolean onlyWhole, Place usedUp) throws BackendException {
    String series;
    try {
      series = series(policy);
    } catch (BackendException e) {
      return new Shared(null, maker.make(policy, onlyWhole)); // which reports more, or needs none
    }
    long now = millis.getAsLong();
    long slot = Math.floorDiv(now, policy.epochs().maxAge().toMillis());
    if (isSetBack(policy, series, slot, now)) {
      return new Shared(null, maker.make(policy, onlyWhole));
    }
    boolean next = usedUp != null && usedUp.slot() == slot && usedUp.series().equals(series);
    Place place = new Place(series, slot, next ? usedUp.part() + 1 : 0);
    Optional<Made> shared = board.read(place).flatMap(entry -> open(policy, place, entry));
    return new Shared(
        place, shared.isPresent() ? shared.get() : makeAndShare(policy, onlyWhole, place));
  }

  /** Returns whether the clock shows an earlier slot than it did. */
  private boolean isSetBack(Policy policy, String series, long slot, long now) {
    if (latest.size() >= MAX_SERIES) {
      forgottenAt.accumulateAndGet(now, Math::max);
      latest.clear();
    }
    long newest = latest.merge(series, slot, Math::max);
    if (newest == slot && now >= forgottenAt.get()) {
      return false;
    }
    if (warnings.isDue(policy.alias())) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the clock was set back: epoch keys of alias {0} are not shared until it shows later"
              + " times again",
          policy.alias());
    }
    return true;
  }

  /** An epoch key, and the place on the board that it is from. */
  record Shared(Place place, Made made) {}

  private Made makeAndShare(Policy policy, boolean onlyWhole, Place place) throws BackendException {
    Made own = maker.make(policy, onlyWhole);
    if (own.lacksKeys() || share(policy, place, own)) {
      return own; // the others are better served by no entry than by one that lacks keys
    }
    Optional<Made> theirs = board.read(place).flatMap(entry -> open(policy, place, entry));
    if (theirs.isEmpty()) {
      return own; // the entry there is usable for nobody
    }
    Arrays.fill(own.topKey(), (byte) 0);
    return theirs.get();
  }

  /** Puts one on the board; false if another process was first, true too if it can't be shared. */
  private boolean share(Policy policy, Place place, Made own) {
    try {
      byte[] pass = policyKeys.wrap(policy, bound(policy, place), own.topKey()).encode();
      HeaderMac.put(pool, own.topKey(), pass);
      if (!board.putIfAbsent(place, new BoardEntry(pass, own.header()).encode())) {
        return false;
      }
      board.forget(place.series(), place.slot() - KEPT_SLOTS);
    } catch (BackendException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "an epoch key of alias {0} is not shared: {1}",
          policy.alias(),
          e.getMessage());
    } catch (RuntimeException e) {
      Arrays.fill(own.topKey(), (byte) 0);
      throw e;
    }
    return true;
  }

  private Optional<Made> open(Policy policy, Place place, byte[] bytes) {
    Policy present = policy.withoutFormer();
    byte[] topKey = new byte[0];
    byte[] ofHeader = new byte[0];
    boolean good = false;
    Engine engine = pool.take();
    try {
      BoardEntry entry = BoardEntry.parse(bytes);
      Header pass = Header.parse(entry.pass());
      Header header = Header.parse(entry.header());
      if (!policyKeys.isWhole(present, pass) || !policyKeys.isWhole(present, header)) {
        throw new MalformedHeaderException("a header that is not for all keys of the alias");
      }
      if (!policyKeys.areOfPresentVersions(present, pass, header)) {
        throw new MalformedHeaderException("wraps by former versions of the keys");
      }
      topKey = policyKeys.open(present, bound(policy, place), entry.pass(), engine);
      // by all keys, or its objects might not open when they must
      ofHeader = policyKeys.unwrapWithAll(present, header);
      if (!MessageDigest.isEqual(topKey, ofHeader)
          || !HeaderMac.verify(engine, topKey, entry.header())) {
        throw new MalformedHeaderException("two headers that are not of one key");
      }
      good = true;
      return Optional.of(new Made(topKey, entry.header(), false));
    } catch (MalformedHeaderException | AEADBadTagException | BackendException e) {
      if (warnings.isDue(policy.alias())) {
        LOG.log(
            System.Logger.Level.WARNING,
            "what stands on the board for alias {0} is not used: {1}",
            policy.alias(),
            e.getMessage());
      }
      return Optional.empty();
    } finally {
      pool.giveBack(engine);
      Arrays.fill(ofHeader, (byte) 0);
      if (!good) {
        Arrays.fill(topKey, (byte) 0);
      }
    }
  }

  /**
   * Returns the values that an entry's wraps are bound to, so that no entry is usable in another
   * series, at another time, or in another place.
   */
  private static Map<String, String> bound(Policy policy, Place place) {
    long length = policy.epochs().maxAge().toMillis();
    return Map.of(
        PREFIX + "series", place.series(),
        PREFIX + "slot", Long.toString(place.slot()),
        PREFIX + "part", Integer.toString(place.part()),
        PREFIX + "max-age", Long.toString(length),
        PREFIX + "start", Long.toString(place.slot() * length),
        PREFIX + "end", Long.toString((place.slot() + 1) * length));
  }

  /**
   * Returns the series of a policy. Processes that protect the same objects in the same way have
   * the same series; others have different ones.
   */
  private String series(Policy policy) throws BackendException {
    MessageDigest digest = Digests.local("SHA-256");
    digest.update(DOMAIN);
    add(digest, policy.binding());
    add(digest, policy.tenant().orElse(""));
    add(digest, policy.protectWith().combinator().text());
    add(digest, Long.toString(policy.epochs().maxAge().toMillis()));
    for (Map.Entry<String, String> key : policyKeys.identities(policy)) {
      add(digest, key.getKey());
      add(digest, key.getValue());
    }
    return HexFormat.of().formatHex(forPurpose(policy.access(), digest.digest()));
  }

  /** Returns another series for each purpose and ticket, and the same series for no purpose. */
  private static byte[] forPurpose(Access access, byte[] series) {
    if (access.purpose().isEmpty() && access.ticket().isEmpty()) {
      return series;
    }
    MessageDigest digest = Digests.local("SHA-256");
    digest.update(PURPOSE_DOMAIN);
    digest.update(series);
    add(digest, access.purpose().orElse(""));
    add(digest, access.ticket().orElse(""));
    return digest.digest();
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }

  @Override
  public void close() {
    board.close();
  }
}
