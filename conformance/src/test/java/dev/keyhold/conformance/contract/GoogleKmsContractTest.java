package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.keystore.Backend;
import java.nio.file.Path;

/** The Google Cloud KMS backend keeps the contract, on a fake of the service. */
class GoogleKmsContractTest extends BackendContract {
  GoogleKmsContractTest() {
    super(Limits.NONE);
  }

  @Override
  protected Backend create(Path folder) {
    return BackendFixture.create(BackendKind.GOOGLE_KMS, folder);
  }
}
