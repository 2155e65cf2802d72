package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.keystore.Backend;
import java.nio.file.Path;
import java.util.Map;

/** The example of a backend, which wraps data keys and does no more, keeps the contract. */
class FolderContractTest extends BackendContract {
  FolderContractTest() {
    super(Limits.NONE);
  }

  @Override
  protected Backend create(Path folder) {
    return BackendFixture.create("folder", folder, Map.of("folder", "."));
  }
}
