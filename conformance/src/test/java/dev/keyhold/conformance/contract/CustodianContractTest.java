package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.custody.server.command.TestCustodianProcess;
import dev.keyhold.keystore.Backend;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

/** Keys behind a custodian keep the contract, over the software backend. */
class CustodianContractTest extends BackendContract {
  private TestCustodianProcess custodian;

  CustodianContractTest() {
    super(Limits.NONE);
  }

  @Override
  protected Backend create(Path folder) {
    custodian = TestCustodianProcess.start(folder);
    return BackendFixture.create("custodian", folder, custodian.options());
  }

  @AfterEach
  void stop() {
    if (custodian != null) {
      custodian.close();
    }
  }
}
