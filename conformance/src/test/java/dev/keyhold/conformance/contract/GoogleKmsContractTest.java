package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.keystore.Backend;
import java.nio.file.Path;
import java.util.Map;

/** The Google Cloud KMS backend keeps the contract, on a fake of the service. */
class GoogleKmsContractTest extends BackendContract {
  private static final Map<String, String> WRONG =
      Map.of(".*ML-DSA.*", "the fake of the service has no ML-DSA");

  GoogleKmsContractTest() {
    super(Limits.NONE.withoutImport().withPermanentNames().without(WRONG));
  }

  @Override
  protected Backend create(Path folder) {
    return BackendFixture.create(BackendKind.GOOGLE_KMS, folder);
  }
}
