package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.keystore.Backend;
import java.nio.file.Path;

/** The PKCS#11 backend keeps the contract, on SoftHSM2. */
class Pkcs11ContractTest extends BackendContract {
  Pkcs11ContractTest() {
    super(Limits.NONE.withIdentityByName());
  }

  @Override
  protected Backend create(Path folder) {
    return BackendFixture.create(BackendKind.PKCS11, folder);
  }
}
