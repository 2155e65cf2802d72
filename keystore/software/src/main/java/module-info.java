import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.software.SoftwareBackendFactory;

/** The embedded default backend: all keys in one encrypted file on disk. */
module dev.keyhold.keystore.software {
  requires dev.keyhold.keystore;
  requires org.bouncycastle.provider;

  provides BackendFactory with
      SoftwareBackendFactory;
}
