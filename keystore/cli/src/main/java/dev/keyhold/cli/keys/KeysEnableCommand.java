package dev.keyhold.cli.keys;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Context;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import picocli.CommandLine.Command;

/** {@code keys enable}. */
@Command(
    name = "enable",
    description = {
      "Takes a suspended key into use again.",
      "Keys in a PKCS#11 token have no such state: the HSM vendor's tool acts on them."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys enable orders"})
public final class KeysEnableCommand extends KeyChange {
  public KeysEnableCommand(Context context) {
    super(context);
  }

  @Override
  KeyMetadata change(ManagedKey key) throws BackendException {
    return key.enable();
  }
}
