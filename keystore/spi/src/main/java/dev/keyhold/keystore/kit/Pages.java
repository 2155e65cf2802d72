package dev.keyhold.keystore.kit;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.Optional;
import java.util.function.Function;

/** Reads what a service lists in pages. Stateless. */
public final class Pages {
  private static final int MOST = 10_000;

  private Pages() {}

  /** One request of a list, or what is done with its answer. */
  @FunctionalInterface
  public interface Step<T, R> {
    R apply(T value) throws BackendException;
  }

  /** An operation on a page. */
  @FunctionalInterface
  public interface Reading<P> {
    void read(P page) throws BackendException;
  }

  /**
   * Reads all pages in their order.
   *
   * @param service its name, for errors
   * @param request from the token of a page, empty for the first, to the page
   * @param next the token of the page after a page; empty after the last
   * @throws BackendException with UNAVAILABLE if the list has no end
   */
  public static <P> void each(
      String service,
      Step<Optional<String>, P> request,
      Function<P, Optional<String>> next,
      Reading<P> reading)
      throws BackendException {
    Optional<String> at = Optional.empty();
    for (int i = 0; i < MOST; i++) {
      P page = request.apply(at);
      reading.read(page);
      Optional<String> then = next.apply(page);
      if (then.isEmpty()) {
        return;
      }
      if (then.equals(at) || then.get().isEmpty()) {
        throw new BackendException(
            Reason.UNAVAILABLE,
            service + " promises another page and does not say where it begins");
      }
      at = then;
    }
    throw new BackendException(Reason.UNAVAILABLE, service + " gives a list without an end");
  }
}
