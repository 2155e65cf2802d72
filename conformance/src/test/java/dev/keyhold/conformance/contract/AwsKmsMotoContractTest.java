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
  private static final Map<String, String> WRONG = Map.ofEntries();

  AwsKmsMotoContractTest() {
    super(Limits.NONE.withoutImport().withoutVersionsInWraps().withoutEmptyMacs().without(WRONG));
  }

  @Override
  protected Backend create(Path folder) {
    return BackendFixture.create("aws-kms", folder, AwsEmulator.MOTO.empty());
  }
}
