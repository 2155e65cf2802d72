package dev.keyhold.keystore.googlekms;

import static dev.keyhold.keystore.googlekms.Fixture.CONTEXT;
import static dev.keyhold.keystore.googlekms.Fixture.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The main ways of a key at the real service. Its keys stay there, destroyed, as ids do. */
class RealServiceTest {
  private static final String VARIABLE = "KEYHOLD_IT_GCP_KEY_RING";

  @Test
  void aKeyLivesAndEnds() throws Exception {
    String ring = System.getenv(VARIABLE);
    assumeTrue(
        ring != null,
        "to run it on Google Cloud KMS, set "
            + VARIABLE
            + "=projects/<p>/locations/<l>/keyRings/<r>, with application default credentials");
    String name = "keyhold-test-" + UUID.randomUUID();
    Map<String, String> options = Map.of("key-ring", ring, "destroy-wait", "1d");
    try (Backend backend = new GoogleKmsBackendFactory().create(new MapOptions(options))) {
      backend
          .require(KeyMaking.class)
          .create(new KeyRequest(name, KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
      try {
        use(backend, name);
      } finally {
        KeyMetadata ended =
            backend.require(Destruction.class).scheduleDestruction(name, Duration.ofDays(1));
        assertEquals(KeyState.DESTROYED, ended.state());
      }
    }
  }

  private static void use(Backend backend, String name) throws Exception {
    byte[] dataKey = backend.require(RandomSource.class).random(32);
    WrappedKey old = backend.require(Keks.class).wrap(name, CONTEXT, dataKey);
    backend.require(Rotation.class).rotate(name);
    WrappedKey fresh = backend.require(Keks.class).wrap(name, CONTEXT, dataKey);
    assertArrayEquals(dataKey, backend.require(Keks.class).unwrap(name, old, CONTEXT));
    assertArrayEquals(dataKey, backend.require(Keks.class).unwrap(name, fresh, CONTEXT));
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend.require(Keks.class).unwrap(name, fresh, new WrapContext(Map.of())));
  }
}
