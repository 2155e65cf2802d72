package dev.keyhold.cli.keys;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Context;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import picocli.CommandLine.Command;

/** {@code keys disable}. */
@Command(
    name = "disable",
    description = {
      "Suspends a key: until it is enabled again, nothing is protected with it and nothing opened.",
      "What processes hold in memory already (an object under way) goes on.",
      "Keys in a PKCS#11 token have no such state: the HSM vendor's tool acts on them."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys disable orders"})
public final class KeysDisableCommand extends KeyChange {
  public KeysDisableCommand(Context context) {
    super(context);
  }

  @Override
  KeyMetadata change(ManagedKey key) throws BackendException {
    return key.disable();
  }
}
