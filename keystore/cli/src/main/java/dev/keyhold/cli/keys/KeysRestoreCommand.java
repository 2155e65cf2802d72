package dev.keyhold.cli.keys;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Context;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import picocli.CommandLine.Command;

/** {@code keys restore}. */
@Command(
    name = "restore",
    description = {
      "Saves a key whose destruction is scheduled. It is suspended then: enable it to use it.",
      "Keys in a PKCS#11 token have no such state: the HSM vendor's tool acts on them."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys restore orders", "  keyhold keys enable orders"})
public final class KeysRestoreCommand extends KeyChange {
  public KeysRestoreCommand(Context context) {
    super(context);
  }

  @Override
  KeyMetadata change(ManagedKey key) throws BackendException {
    return key.cancelDestruction();
  }
}
