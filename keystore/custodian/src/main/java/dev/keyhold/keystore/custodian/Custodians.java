package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.OneClient;
import java.time.Duration;
import java.util.List;

/**
 * The custodians of one backend. The one that answered last is asked first; the next is asked where
 * one is unavailable, and nothing was changed. Thread-safe.
 */
final class Custodians implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Duration SHORTEST = Duration.ofMillis(10);

  private final Settings settings;
  private final HttpClients clients;
  private final List<Custodian> all;
  private volatile int first;
  private volatile Behind behind;

  Custodians(Settings settings) {
    this.settings = settings;
    clients = new HttpClients(settings);
    all = settings.urls().stream().map(url -> new Custodian(url, clients)).toList();
    behind = settings.behind();
  }

  /** Returns what stands behind them, as far as that is known. Does no I/O. */
  Behind behind() {
    return behind;
  }

  /** Reads the files of the client's certificate, and makes its client. */
  void prepare() throws BackendException {
    clients.current();
  }

  /** Reads what came back. */
  @FunctionalInterface
  interface Reading<T> {
    T of(Answer answer) throws MalformedException;
  }

  /**
   * A request.
   *
   * @param operation the last part of its path
   * @param json its fields, but the deadline
   * @param secret what follows them
   * @param isChange whether it changes something, and must not be made twice
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(String operation, JsonWriter json, byte[] secret, boolean isChange) {}

  <T> T ask(Request request, Reading<T> reading) throws BackendException {
    long end =
        System.nanoTime()
            + (request.isChange() ? settings.changeDeadline() : settings.deadline()).toNanos();
    int start = first;
    BackendException failure = null;
    for (int i = 0; i < all.size(); i++) {
      int index = (start + i) % all.size();
      try {
        T result = ask(all.get(index), share(end, all.size() - i), request, reading);
        first = index;
        return result;
      } catch (BackendException e) {
        boolean last = i == all.size() - 1;
        if (e.reason() != Reason.UNAVAILABLE || last || !mayGoOn(request, e)) {
          throw failure == null ? e : e.and("before it: " + failure.getMessage());
        }
        failure = failure == null ? e : e.and("before it: " + failure.getMessage());
      }
    }
    throw failure == null ? OneClient.closed(null) : failure;
  }

  private boolean mayGoOn(Request request, BackendException failure) {
    return !clients.isClosed()
        && !Thread.currentThread().isInterrupted()
        && !failure.isOutcomeUnknown()
        && (!request.isChange()
            || failure.getCause() == null
            || failure.getCause() instanceof Failures.NotSent);
  }

  /** Returns how long one custodian may take, so that time is left for the others. */
  private static Duration share(long end, int left) {
    Duration share = Duration.ofNanos((end - System.nanoTime()) / left);
    return share.compareTo(SHORTEST) < 0 ? SHORTEST : share;
  }

  private <T> T ask(Custodian custodian, Duration time, Request request, Reading<T> reading)
      throws BackendException {
    long end = System.nanoTime() + time.toNanos();
    behind = custodian.behind(settings.behind().type(), time);
    Duration left = share(end, 1);
    long millis = Math.min(left.toMillis(), LONGEST.toMillis());
    String json = request.json().with("deadline", millis);
    Answer answer = custodian.post(request.operation(), json, request.secret(), left);
    boolean taken = false;
    try {
      T result = reading.of(answer);
      answer.end();
      taken = true;
      return result;
    } catch (MalformedException e) {
      throw new Failures(custodian.url(), clients).malformed(200, e);
    } finally {
      if (!taken) {
        answer.erase();
      }
    }
  }

  void requireOpen() throws BackendException {
    if (clients.isClosed()) {
      throw OneClient.closed(null);
    }
  }

  @Override
  public void close() {
    clients.close();
  }
}
