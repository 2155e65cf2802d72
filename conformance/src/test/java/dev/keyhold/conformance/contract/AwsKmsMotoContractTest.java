package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.keystore.Backend;
import java.nio.file.Path;
import java.util.Map;

/**
 * The AWS KMS backend keeps the contract, on moto: its key states, signatures and HMAC keys are
 * wrong.
 */
class AwsKmsMotoContractTest extends BackendContract {
  private static final Map<String, String> WRONG =
      Map.ofEntries(
          Map.entry(
              "aWrapIsForItsKeyAndMechanism.*",
              "moto says AccessDenied where AWS says IncorrectKey"),
          Map.entry(
              "aWrapThatWasAlteredOrCutIsBad.*",
              "moto says AccessDenied where a ciphertext names no key of its own"),
          Map.entry("(aDisabledKey|aKeyIsSaved).*", "moto lets keys be used in every state"),
          Map.entry(
              "whatItSignsVerifies.*", "moto hashes a digest again, and its PSS salt is too long"),
          Map.entry("itDecryptsWhatWasEncryptedToIt.*", "moto's RSA encryption is none"),
          Map.entry("bothSidesAgree.*", "moto has no DeriveSharedSecret"),
          Map.entry(".*(Ed25519|ML-DSA).*", "moto has no such keys"));

  AwsKmsMotoContractTest() {
    super(Limits.NONE.withoutVersionsInWraps().withoutEmptyMacs().without(WRONG));
  }

  @Override
  protected Backend create(Path folder) {
    return BackendFixture.create("aws-kms", folder, AwsEmulator.MOTO.empty());
  }
}
