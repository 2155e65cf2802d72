package dev.keyhold.testkit;

import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import java.lang.System.Logger.Level;

/**
 * Makes backends of the type {@code memory}, for tests only: their keys are lost when the {@link
 * KeyholdTest} that they belong to is closed, and they fail when a test says so. A configuration
 * that names this type works only while that test runs.
 *
 * <p>Options: {@code place} (set by {@link KeyholdTest}: whose keys they are) and {@code remote}
 * ({@code true}, the default: calls run under a deadline, with retries and a circuit breaker, as
 * those to a cloud do; or {@code false}: on the caller's thread, once).
 */
public final class MemoryBackendFactory implements BackendFactory {
  /** The type. */
  static final String TYPE = "memory";

  private static final System.Logger LOG = System.getLogger("dev.keyhold.testkit");

  /** Creates a factory; called by {@link java.util.ServiceLoader}. */
  public MemoryBackendFactory() {}

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public BackendSource configure(BackendOptions options) {
    Place place =
        Place.of(options.required("place"))
            .orElseThrow(
                () ->
                    options.invalid(
                        "place",
                        "is that of no test that runs in this JVM: memory backends are for tests,"
                            + " made by KeyholdTest; name another type to keep keys"));
    String remote = options.optional("remote").orElse("true");
    if (!remote.equals("true") && !remote.equals("false")) {
      throw options.invalid("remote", "must be true (the default) or false");
    }
    String name = options.backend();
    return () -> {
      LOG.log(
          Level.WARNING,
          "backend {0} keeps its keys in memory, for a test: they are lost when it ends",
          name);
      return MemoryBackend.of(place, remote.equals("true"));
    };
  }
}
