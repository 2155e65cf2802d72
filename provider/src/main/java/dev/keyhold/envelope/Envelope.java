package dev.keyhold.envelope;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.epoch.EpochMaker;
import dev.keyhold.epoch.FleetEpochs;
import dev.keyhold.epoch.ReadEpochs;
import dev.keyhold.epoch.WritingEpoch;
import dev.keyhold.epoch.WritingEpochs;
import dev.keyhold.epoch.board.GuardedBoard;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.gate.ObjectGate;
import dev.keyhold.keys.PolicyKeys;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.EnginePool;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import dev.keyhold.object.HeaderMac;
import dev.keyhold.object.HkdfKey;
import dev.keyhold.object.MessageKeys;
import dev.keyhold.object.ObjectContext;
import dev.keyhold.object.ObjectOpener;
import dev.keyhold.object.ObjectReader;
import dev.keyhold.object.ObjectSealer;
import dev.keyhold.object.ObjectTransform;
import dev.keyhold.object.Prefix;
import dev.keyhold.observe.ObjectCounts.Operation;
import dev.keyhold.platform.Daemons;
import dev.keyhold.policy.Policy;
import dev.keyhold.rewrap.IncompleteHeaders;
import dev.keyhold.rewrap.Rewrapper;
import dev.keyhold.thirdparty.caffeine.cache.RemovalCause;
import dev.keyhold.thirdparty.caffeine.cache.Scheduler;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import javax.crypto.AEADBadTagException;

/**
 * Envelope encryption: the keys of the alias's policy wrap the data key of an object, or an epoch
 * key from which the keys of many objects are derived; the data is encrypted locally. Thread-safe;
 * each object is handled by one thread at a time.
 */
public final class Envelope implements AutoCloseable {
  /** The number of bytes of an object that tell the length of its header. */
  public static final int PROLOGUE = Header.PROLOGUE;

  private final Engine.Pool pool = new Engine.Pool(EnginePool.suitableSize());

  /** Evicts idle epoch keys. */
  private final ScheduledThreadPoolExecutor sweeper = Daemons.scheduler("keyhold-sweeper");

  private final KeyRouter router;
  private final ObjectGate gate;
  private final PolicyKeys policyKeys;
  private final IncompleteHeaders incomplete;
  private final WritingEpochs writing;
  private final ReadEpochs reading;
  private final Cleaner.Cleanable release;

  /** Creates an envelope with the keys that a router reaches. */
  public Envelope(KeyRouter router) {
    this(router, EpochLimits.DEFAULT);
  }

  public Envelope(KeyRouter router, EpochLimits limits) {
    this.router = router;
    gate = new ObjectGate(router.observers());
    policyKeys = new PolicyKeys(router);
    incomplete = new IncompleteHeaders(router, limits.nanoTime());
    EpochMaker maker = new EpochMaker(policyKeys, pool, incomplete);
    FleetEpochs fleet =
        router
            .configuration()
            .board()
            .map(
                board ->
                    new FleetEpochs(
                        policyKeys,
                        pool,
                        maker,
                        GuardedBoard.of(board, limits.nanoTime()),
                        limits.millis()))
            .orElse(null);
    // emptying a cache needs it, when its class loader may be closed already
    boolean unused = RemovalCause.EXPLICIT.wasEvicted();
    Scheduler scheduler = Scheduler.forScheduledExecutorService(sweeper);
    writing = new WritingEpochs(maker, fleet, limits, scheduler, router.observers());
    reading = new ReadEpochs(policyKeys, pool, limits, scheduler, router.observers());
    release =
        Daemons.whenUnreachable(
            this,
            sweeper::shutdownNow,
            writing::close,
            reading::close,
            incomplete::close,
            pool::clear);
  }

  /**
   * Begins an object: makes its data key and has it wrapped, by one call for each key of the
   * policy, or takes the present epoch key, mostly without a call.
   *
   * @param iv the application's IV, empty for none
   */
  public ObjectTransform seal(Policy policy, byte[] iv) throws BackendException {
    gate.pass(policy.access(), Operation.ENCRYPT);
    try {
      return policy.protectWith().dataKeys() == DataKeyMode.EPOCH
          ? sealUnderEpoch(policy, iv)
          : sealByItself(policy, iv);
    } finally {
      Reference.reachabilityFence(this); // else its epoch keys could be destroyed meanwhile
    }
  }

  private ObjectSealer sealUnderEpoch(Policy policy, byte[] iv) throws BackendException {
    while (true) {
      WritingEpoch epoch = writing.current(policy);
      try {
        return new ObjectSealer(
            pool,
            epoch.header(),
            () -> LocalRandom.hedged(Cobblestone.SALT),
            epoch.begin(),
            new ObjectContext(iv),
            epoch::addBytes);
      } catch (IllegalStateException e) {
        if (!epoch.isDestroyed()) {
          throw e;
        }
        // replaced meanwhile: once more
      }
    }
  }

  private ObjectSealer sealByItself(Policy policy, byte[] iv) throws BackendException {
    byte[] dataKey = LocalRandom.bytes(Cobblestone.INPUT_KEY);
    try {
      byte[] header = protect(policy, dataKey);
      return new ObjectSealer(
          pool,
          header,
          () -> LocalRandom.hedged(Cobblestone.SALT),
          HkdfKey.of(dataKey),
          new ObjectContext(iv),
          null);
    } finally {
      Arrays.fill(dataKey, (byte) 0);
    }
  }

  /** Returns the header of an object whose data key the policy's keys wrap. */
  private byte[] protect(Policy policy, byte[] dataKey) throws BackendException {
    Header made = policyKeys.wrapForQuorum(policy, dataKey);
    byte[] header = made.encode();
    HeaderMac.put(pool, dataKey, header);
    incomplete.made(policy, made, header);
    return header;
  }

  /** Begins to open an object; asks for its key as soon as its header is complete. */
  public ObjectTransform open(Policy policy, byte[] iv) throws BackendException {
    gate.pass(policy.access(), Operation.DECRYPT);
    return new ObjectOpener(pool, keysFor(policy), new ObjectContext(iv));
  }

  /**
   * Opens an object for random access.
   *
   * @param source the object, from its first byte to its last; positioned and read by the result
   * @throws AEADBadTagException if the header or the last chunk does not open
   */
  public ObjectReader reader(Policy policy, byte[] iv, byte[] aad, SeekableByteChannel source)
      throws IOException, BackendException, AEADBadTagException {
    gate.pass(policy.access(), Operation.READ);
    ObjectContext context = new ObjectContext(iv);
    context.updateAad(aad, 0, aad.length);
    return ObjectReader.open(pool, keysFor(policy), context, source);
  }

  /**
   * Returns a rewrapper for a run over objects of a policy, which protects their headers for the
   * policy's present keys.
   *
   * @param always rewraps a header even if it already has these keys in their present version
   */
  public Rewrapper rewrapper(Policy policy, boolean always) {
    return new Rewrapper(router, gate, policyKeys, pool, policy, always);
  }

  /**
   * Returns the length of the header that an object begins with, its MAC included.
   *
   * @param prologue at least the first {@value #PROLOGUE} bytes of an object
   */
  public static int headerLength(byte[] prologue) throws MalformedHeaderException {
    return Header.length(prologue, 0);
  }

  /**
   * Reads a header without any key. What it says is not authenticated.
   *
   * @param start at least the first bytes of an object; a whole header is at most 64 KiB
   * @throws MalformedHeaderException if it is no header, or is cut short
   */
  public static Header inspect(byte[] start) throws MalformedHeaderException {
    if (start.length < Header.PROLOGUE) {
      throw new MalformedHeaderException("a header that is cut short");
    }
    int length = Header.length(start, 0);
    if (start.length < length) {
      throw new MalformedHeaderException("a header that is cut short");
    }
    return Header.parse(Arrays.copyOf(start, length));
  }

  /**
   * The parts of an object's length. What the header says is not authenticated.
   *
   * @param header the length of the header in bytes, its MAC included
   * @param plaintext the length of the plaintext in bytes
   */
  public record Extent(int header, long plaintext) {}

  /**
   * Returns the parts of an object's length, without any key.
   *
   * @param start as for {@link #inspect}
   * @param length the length of the whole object in bytes
   * @throws MalformedHeaderException if it is no object, or is cut short so that no object can have
   *     this length
   */
  public static Extent extent(byte[] start, long length) throws MalformedHeaderException {
    inspect(start);
    int header = Header.length(start, 0);
    long plaintext = Cobblestone.plaintextLength(length - Prefix.length(start));
    if (plaintext < 0) {
      throw new MalformedHeaderException("an object that ends before its last chunk does");
    }
    return new Extent(header, plaintext);
  }

  private MessageKeys keysFor(Policy policy) {
    return (prefix, context, engine) -> messageKeys(policy, prefix, context, engine);
  }

  /** Returns the keys of an object's chunks, from the bytes before the chunks. */
  private Cobblestone messageKeys(
      Policy policy, Prefix prefix, ObjectContext context, Engine engine)
      throws BackendException, AEADBadTagException {
    try {
      return Cobblestone.open(engine, inputKey(policy, prefix, engine), prefix, context);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private HkdfKey inputKey(Policy policy, Prefix prefix, Engine engine)
      throws BackendException, AEADBadTagException {
    if (prefix.isOfEpoch()) {
      return reading.inputKey(policy, prefix);
    }
    byte[] dataKey = policyKeys.open(policy, prefix.header(), engine);
    try {
      return HkdfKey.of(dataKey);
    } finally {
      Arrays.fill(dataKey, (byte) 0);
    }
  }

  /** Destroys the epoch keys that are in memory: their keys may be at other backends now. */
  public void forget() {
    writing.forget();
    reading.forget();
  }

  /** Drops what a copy of this process must not share: epoch keys and pooled engines. */
  public void dropLocalState() {
    forget();
    pool.clear();
  }

  /** Destroys epoch keys, and discards pooled engines. */
  @Override
  public void close() {
    release.clean();
  }
}
