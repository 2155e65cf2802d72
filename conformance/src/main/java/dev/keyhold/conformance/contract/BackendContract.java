package dev.keyhold.conformance.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests what every {@link Backend} promises. A backend's test extends this class and says how to
 * create an empty backend and which limits it has. The promises of a facet are tested where the
 * backend has that facet.
 */
public abstract class BackendContract {
  static final WrapContext CONTEXT = new WrapContext(Map.of("keyhold-binding", "orders"));

  private final Limits limits;

  @TempDir Path folder;
  private Backend backend;

  /** Creates the tests of a backend with these limits. */
  protected BackendContract(Limits limits) {
    this.limits = limits;
  }

  /**
   * Makes a backend whose place for keys is empty.
   *
   * @param folder an empty folder for its files
   */
  protected abstract Backend create(Path folder);

  @BeforeEach
  void createBackend(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName() + " " + test.getDisplayName();
    limits
        .leftOut()
        .forEach((pattern, wrong) -> Assumptions.assumeFalse(name.matches(pattern), wrong));
    backend = create(folder);
  }

  @AfterEach
  void closeBackend() {
    if (backend != null) {
      backend.close();
    }
  }

  final Backend backend() {
    return backend;
  }

  final Limits limits() {
    return limits;
  }

  /** Returns a facet of the backend; without it, the rest of the test is left out. */
  final <F extends Facet> F facet(Class<F> type) {
    Optional<F> facet = backend.facet(type);
    Assumptions.assumeTrue(facet.isPresent(), () -> "no " + type.getSimpleName());
    return facet.get();
  }

  final boolean has(Class<? extends Facet> type) {
    return backend.facet(type).isPresent();
  }

  final KeyMetadata newKek(String name) throws BackendException {
    facet(Keks.class);
    return facet(KeyMaking.class)
        .create(new KeyRequest(name, KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
  }

  final KeyMetadata newMacKey(String name, String algorithm) throws BackendException {
    facet(Macs.class);
    return facet(KeyMaking.class)
        .create(new KeyRequest(name, KeySpec.hmac(algorithm), Set.of(Purpose.MAC)));
  }

  static void assertFails(Reason reason, Executable call) {
    assertFails(reason, call, "");
  }

  static void assertFails(Reason reason, Executable call, String what) {
    BackendException failure = assertThrows(BackendException.class, call, what);
    assertEquals(reason, failure.reason(), () -> what + ": " + failure.getMessage());
  }

  /** Making, finding, naming keys. */
  @Nested
  class Keys extends KeyChecks {
    @Override
    BackendContract contract() {
      return BackendContract.this;
    }
  }

  /** Wrapping and unwrapping data keys. */
  @Nested
  class Wraps extends WrapChecks {
    @Override
    BackendContract contract() {
      return BackendContract.this;
    }
  }

  /** Wrapping the keys of others. */
  @Nested
  class WrapsOfKeys extends KeyWrapChecks {
    @Override
    BackendContract contract() {
      return BackendContract.this;
    }
  }

  /** MACs, random bytes, the end. */
  @Nested
  class MacsAndEnd extends MacChecks {
    @Override
    BackendContract contract() {
      return BackendContract.this;
    }
  }

  /** Key pairs, and keys that are out of use. */
  @Nested
  class KeyPairs extends KeyPairChecks {
    @Override
    BackendContract contract() {
      return BackendContract.this;
    }
  }
}
