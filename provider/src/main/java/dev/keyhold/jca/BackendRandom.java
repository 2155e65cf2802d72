package dev.keyhold.jca;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import java.security.SecureRandomSpi;

/** Random bytes of the backend that the configuration names; fails when that does. */
final class BackendRandom extends SecureRandomSpi {
  private static final long serialVersionUID = 1L;
  private static final int BLOCK = 1024;

  private final transient ProviderInstance instance;

  BackendRandom(ProviderInstance instance) {
    this.instance = instance;
  }

  @Override
  protected void engineSetSeed(byte[] seed) {
    // the backend seeds itself
  }

  @Override
  protected void engineNextBytes(byte[] bytes) {
    try {
      KeyRouter router = instance.router();
      String backend = router.configuration().secureRandom().orElseThrow();
      Access access = Callers.access(router, "");
      for (int at = 0; at < bytes.length; at += BLOCK) {
        int length = Math.min(BLOCK, bytes.length - at);
        System.arraycopy(router.random(access, backend, length), 0, bytes, at, length);
      }
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    }
  }

  @Override
  protected byte[] engineGenerateSeed(int length) {
    byte[] seed = new byte[length];
    engineNextBytes(seed);
    return seed;
  }
}
