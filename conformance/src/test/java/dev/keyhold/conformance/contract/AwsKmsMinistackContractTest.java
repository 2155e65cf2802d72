package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.keystore.Backend;
import java.nio.file.Path;
import java.util.Map;

/**
 * The AWS KMS backend keeps the contract, on ministack: its encryption is not authenticated, and it
 * has no rotation.
 */
class AwsKmsMinistackContractTest extends BackendContract {
  private static final Map<String, String> WRONG =
      Map.ofEntries(
          Map.entry(
              "aWrapIsForItsKeyAndMechanism.*", "ministack decrypts under another key, to garbage"),
          Map.entry(
              "aWrapThatWasAlteredOrCutIsBad.*", "ministack does not authenticate ciphertexts"),
          Map.entry("afterRotationTheOldVersion.*", "ministack has no RotateKeyOnDemand"),
          Map.entry("bothSidesAgree.*", "ministack has no DeriveSharedSecret"),
          Map.entry(".*ML-DSA.*", "ministack has no such keys"));

  AwsKmsMinistackContractTest() {
    super(Limits.NONE.withoutVersionsInWraps().withoutEmptyMacs().without(WRONG));
  }

  @Override
  protected Backend create(Path folder) {
    return BackendFixture.create("aws-kms", folder, AwsEmulator.MINISTACK.empty());
  }
}
