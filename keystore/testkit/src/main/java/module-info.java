import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.testkit.MemoryBackendFactory;

/** Supports the tests of applications: keys in memory, and a backend that fails on demand. */
module dev.keyhold.testkit {
  requires transitive dev.keyhold;
  requires dev.keyhold.keystore.software;

  exports dev.keyhold.testkit;

  provides BackendFactory with
      MemoryBackendFactory;
}
