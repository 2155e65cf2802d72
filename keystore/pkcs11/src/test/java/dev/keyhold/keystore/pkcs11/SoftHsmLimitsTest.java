package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Signatures;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A token that lacks mechanisms. */
@Tag("token")
class SoftHsmLimitsTest {
  @Test
  void offersWhatTheTokenHas() throws Exception {
    // SoftHSM 2.6.1 overlooks the first one of a list of exceptions
    SoftHsm hsm =
        SoftHsm.create("slots.mechanisms = -CKM_MD5,CKM_RSA_X_509,CKM_ECDH1_DERIVE")
            .withToken("tok");
    try (Backend backend = hsm.backend("tok")) {
      KeyMetadata rsa =
          backend
              .require(KeyMaking.class)
              .create(new KeyRequest("rsa", KeySpec.rsa(2048), Set.of(Purpose.SIGN)));
      assertEquals(
          Set.of(Scheme.RSA_PKCS1),
          rsa.attributes().signatures().stream()
              .map(SignatureAlgorithm::scheme)
              .collect(Collectors.toSet()));
      backend
          .require(Signatures.class)
          .sign("rsa", SignatureAlgorithm.pkcs1("SHA-256"), new byte[32]);
      SignatureAlgorithm pss = SignatureAlgorithm.pss("SHA-256", "SHA-256", 32);
      Expect.failure(
          Reason.UNSUPPORTED,
          () -> backend.require(Signatures.class).sign("rsa", pss, new byte[32]));
      KeyRequest agree = new KeyRequest("agree", KeySpec.ec(256), Set.of(Purpose.AGREE));
      Expect.failure(Reason.UNSUPPORTED, () -> backend.require(KeyMaking.class).create(agree));
      backend
          .require(KeyMaking.class)
          .create(new KeyRequest("ec", KeySpec.ec(256), Set.of(Purpose.SIGN)));
      assertEquals(2, backend.list().size());
    }
  }
}
