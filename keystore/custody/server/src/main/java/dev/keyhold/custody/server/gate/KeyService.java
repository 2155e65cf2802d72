package dev.keyhold.custody.server.gate;

import dev.keyhold.admin.KeyUses;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.state.Inputs;
import dev.keyhold.custody.proof.text.Term;
import dev.keyhold.custody.server.gate.GateException.Kind;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.WrappedKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Uses keys for workloads: finds out which key is meant, has the gate decide, and uses the key once
 * the leaf is on the disk. A call takes its caller's thread. Thread-safe.
 */
public final class KeyService {
  private static final String NEW = "new:";
  private static final String DENIED = "denied";
  private static final int MAX_IDENTITY = 1_024; // bytes of a value of a leaf

  private final Gate gate;
  private final KeyUses keys;
  private final SecretKeySpec inputKey;

  /**
   * Creates the service.
   *
   * @param keys the keys of the backend behind the custodian
   * @param inputKey 32 bytes, copied: what is signed or authenticated is recorded under a MAC by it
   */
  public KeyService(Gate gate, KeyUses keys, byte[] inputKey) {
    this.gate = gate;
    this.keys = keys;
    this.inputKey = new SecretKeySpec(inputKey, "HmacSHA256");
  }

  /**
   * Uses a key.
   *
   * @param <T> what the backend answers
   */
  @FunctionalInterface
  public interface Action<T> {
    /** Uses the key with this name. */
    T on(KeyUses keys, Access access, String key) throws BackendException;
  }

  /**
   * What came of a use.
   *
   * @param leaf where it is recorded
   * @param hold how long the workload may keep what it got; empty for as long as it likes
   * @param result what the backend answered
   * @param <T> its type
   */
  public record Done<T>(Receipt leaf, Optional<Term> hold, T result) {}

  /** A key as the backend knows it. */
  private record Resolved(String name, String identity) {}

  /** Returns the keys behind this service. */
  public KeyUses keys() {
    return keys;
  }

  /**
   * Has the use judged and recorded, and then made.
   *
   * @param identity of the client's certificate
   */
  public <T> Done<T> use(String identity, UseRequest request, Action<T> action)
      throws GateException {
    long end = System.nanoTime() + request.deadline().toNanos();
    Resolved key = null;
    if (gate.charter().workloadOf(identity) != null) {
      key = resolve(identity, request);
    }
    if (key != null
        && request.wrapped().isPresent()
        && !request.wrapped().get().identity().equals(key.identity)) {
      String message =
          "the wrapped key names the key %s, and the request %s"
              .formatted(request.wrapped().get().identity(), key.identity);
      throw denial(facts(identity, request, key), message, end, Kind.DENIED);
    }
    CompletableFuture<Gate.Decided> deciding = gate.decide(facts(identity, request, key));
    Gate.Decided decided;
    try {
      decided = await(deciding, end);
    } catch (GateException e) {
      endLate(deciding);
      throw e;
    }
    if (!decided.decision().isAllowed()) {
      throw refusal(decided);
    }
    return perform(request, key, decided, action);
  }

  private <T> Done<T> perform(
      UseRequest request, Resolved key, Gate.Decided decided, Action<T> action)
      throws GateException {
    Receipt leaf = decided.leaf().orElseThrow();
    Access access =
        new Access(
            request.alias().orElse(""),
            request.binding().orElse(""),
            request.tenant(),
            request.purpose(),
            request.ticket());
    String outcome = word(Reason.UNAVAILABLE);
    try {
      T result = action.on(keys, access, key.name);
      outcome = "done";
      return new Done<>(leaf, Optional.ofNullable(decided.decision().hold()), result);
    } catch (BackendException e) {
      outcome = word(e.reason());
      throw GateException.of(e).at(leaf);
    } catch (IllegalArgumentException e) {
      outcome = word(Reason.UNSUPPORTED);
      throw new GateException(Kind.UNSUPPORTED, String.valueOf(e.getMessage())).at(leaf);
    } finally {
      gate.end(leaf.index(), outcome, null);
    }
  }

  private static String word(Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static GateException refusal(Gate.Decided decided) {
    Kind error =
        switch (decided.decision().error()) {
          case "pending" -> Kind.PENDING;
          case "throttled" -> Kind.THROTTLED;
          default -> Kind.DENIED;
        };
    GateException refusal =
        new GateException(error, decided.decision().message()).at(decided.leaf().orElse(null));
    return decided.pending().isPresent() ? refusal.with(decided.pending().get()) : refusal;
  }

  private GateException denial(UseFacts facts, String message, long end, Kind error)
      throws GateException {
    Gate.Decided decided = await(gate.deny(facts, DENIED, message), end);
    return new GateException(error, message).at(decided.leaf().orElse(null));
  }

  /** Waits for the leaf of a use; what becomes durable later is not made any more. */
  private static <T> T await(CompletableFuture<T> future, long end) throws GateException {
    try {
      return future.get(Math.max(end - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GateException(Kind.UNAVAILABLE, "the custodian is stopping");
    } catch (TimeoutException e) {
      throw new GateException(
          Kind.UNAVAILABLE, "the record was not on the disk within the deadline; nothing was done");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() instanceof CompletionException c ? c.getCause() : e.getCause();
      if (cause instanceof GateException known) {
        throw known;
      }
      throw new GateException(
          Kind.UNAVAILABLE, "the record could not be written: " + cause + "; nothing was done");
    }
  }

  private void endLate(CompletableFuture<Gate.Decided> deciding) {
    CompletableFuture<Void> unused =
        deciding.thenAccept(
            decided -> {
              if (decided.decision().isAllowed()) {
                gate.end(decided.leaf().orElseThrow().index(), word(Reason.UNAVAILABLE), null);
              }
            });
  }

  private Resolved resolve(String identity, UseRequest request) throws GateException {
    if (request.operation() == Operation.CREATE) {
      return bounded(new Resolved(request.key(), NEW + request.key()));
    }
    try {
      return bounded(resolve(request.key()));
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        long end = System.nanoTime() + request.deadline().toNanos();
        throw denial(facts(identity, request, null), e.getMessage(), end, Kind.NOT_FOUND);
      }
      throw GateException.of(e);
    }
  }

  private static Resolved bounded(Resolved key) throws GateException {
    int bytes = key.identity.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_IDENTITY) {
      throw new GateException(
          Kind.MALFORMED,
          "the identity of the key has %s bytes, and a record takes %s: give a shorter name"
              .formatted(bytes, MAX_IDENTITY));
    }
    return key;
  }

  private Resolved resolve(String key) throws BackendException {
    String name = key;
    if (key.matches("[a-z][a-z0-9+.-]*:.+")) {
      name = keys.nameOf(KeyUri.parse(key)).orElse(key);
    }
    return new Resolved(name, keys.identity(name));
  }

  private UseFacts facts(String identity, UseRequest request, Resolved key) {
    UseFacts.Builder facts =
        UseFacts.of(identity, request.operation(), key == null ? null : key.identity)
            .alias(request.alias().orElse(null))
            .context(request.binding().orElse(null), request.tenant().orElse(null))
            .claims(request.purpose().orElse(null), request.ticket().orElse(null))
            .epoch(request.isEpoch())
            .confirm(request.confirm());
    request
        .wrapped()
        .map(WrappedKey::version)
        .filter(version -> !version.isEmpty())
        .ifPresent(facts::version);
    return facts.input(request.access(), key == null ? null : input(request, key)).build();
  }

  private String input(UseRequest request, Resolved key) {
    byte[] context = request.context().map(bound -> bound.toBytes()).orElse(new byte[0]);
    if (request.operation() == Operation.UNWRAP) {
      return Inputs.ofUnwrap(key.identity, request.wrapped().orElseThrow().bytes(), context);
    }
    try {
      Mac mac = Mac.getInstance(inputKey.getAlgorithm());
      mac.init(inputKey);
      update(mac, request.operation().word().getBytes(StandardCharsets.US_ASCII));
      update(mac, key.identity.getBytes(StandardCharsets.UTF_8));
      update(mac, context);
      request.input().forEach(part -> update(mac, part));
      return "sha256:" + HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no HMAC-SHA256", e);
    }
  }

  private static void update(Mac mac, byte[] part) {
    mac.update(ByteBuffer.allocate(4).putInt(part.length).array());
    mac.update(part);
  }

  /**
   * Asks about a key that the workload may use; makes no leaf.
   *
   * @param key the name of the key, or its URI
   */
  public <T> T read(String identity, String key, Action<T> question) throws GateException {
    Charter charter = gate.charter();
    String workload = workload(charter, identity);
    try {
      Resolved resolved = resolve(key);
      if (!charter.maySee(workload, resolved.identity)) {
        throw new GateException(
            Kind.DENIED,
            "no rule of the charter names %s for the key %s"
                .formatted(workload, resolved.identity));
      }
      return question.on(keys, Access.NONE, resolved.name);
    } catch (BackendException e) {
      throw GateException.of(e);
    }
  }

  /** Returns the keys that the workload may use. */
  public List<KeyMetadata> list(String identity) throws GateException {
    Charter charter = gate.charter();
    String workload = workload(charter, identity);
    try {
      return keys.list().stream().filter(key -> charter.maySee(workload, key.identity())).toList();
    } catch (BackendException e) {
      throw GateException.of(e);
    }
  }

  /** Requires that the charter knows the identity. */
  public String workload(String identity) throws GateException {
    return workload(gate.charter(), identity);
  }

  private static String workload(Charter charter, String identity) throws GateException {
    String workload = charter.workloadOf(identity);
    if (workload == null) {
      throw new GateException(Kind.DENIED, "no workload of the charter is " + identity);
    }
    return workload;
  }

  /** Waits until a signed text is on the disk. */
  public Gate.Posted post(byte[] note, Duration deadline) throws GateException {
    return await(gate.post(note), System.nanoTime() + deadline.toNanos());
  }
}
