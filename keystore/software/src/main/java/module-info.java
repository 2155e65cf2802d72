import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.software.SoftwareBackendFactory;

/** The embedded default backend: all keys in one encrypted file on disk. */
@SuppressWarnings("module") // the test kit is compiled later
module dev.keyhold.keystore.software {
  requires dev.keyhold.keystore;
  requires dev.keyhold.bouncycastle;

  exports dev.keyhold.keystore.software to
      dev.keyhold.testkit;

  provides BackendFactory with
      SoftwareBackendFactory;
}
