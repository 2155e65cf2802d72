package dev.keyhold.keystore.awskms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.RandomSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The real service, with a symmetric key of the caller's, which is used and not changed. */
class AwsKmsServiceTest {
  private static final WrapContext CONTEXT = new WrapContext(Map.of("keyhold-binding", "test"));

  @Test
  void aDataKeyIsWrappedAndUnwrapped() throws Exception {
    String uri = System.getenv("KEYHOLD_IT_AWS_KEY");
    assumeTrue(
        uri != null,
        "to test against AWS KMS: KEYHOLD_IT_AWS_KEY=aws-kms:alias/<name> AWS_REGION=<region>,"
            + " with credentials that the SDK's chain finds");
    try (Backend backend = backend()) {
      String key = backend.nameOf(KeyUri.parse(uri)).orElseThrow();
      assertEquals(KeyState.ACTIVE, backend.describe(key).state());
      byte[] dataKey = backend.require(RandomSource.class).random(32);
      WrappedKey wrapped = backend.require(Keks.class).wrap(key, CONTEXT, dataKey);
      assertEquals(backend.identity(key), wrapped.identity());
      assertArrayEquals(dataKey, backend.require(Keks.class).unwrap(key, wrapped, CONTEXT));
      BackendException e =
          assertThrows(
              BackendException.class,
              () -> backend.require(Keks.class).unwrap(key, wrapped, new WrapContext(Map.of())));
      assertEquals(Reason.BAD_CIPHERTEXT, e.reason());
      assertTrue(backend.list().stream().anyMatch(k -> k.identity().equals(wrapped.identity())));
    }
  }

  private static Backend backend() {
    return new AwsKmsBackend(
        new AwsKmsOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            false,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60)));
  }
}
