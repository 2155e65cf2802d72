package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.keystore.Backend;
import java.nio.file.Path;

/** The software backend keeps the contract. */
class SoftwareContractTest extends BackendContract {
  SoftwareContractTest() {
    super(Limits.NONE);
  }

  @Override
  protected Backend create(Path folder) {
    return BackendFixture.create(BackendKind.SOFTWARE, folder);
  }
}
