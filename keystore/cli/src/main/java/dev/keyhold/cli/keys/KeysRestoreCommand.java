package dev.keyhold.cli.keys;

import dev.keyhold.cli.command.Context;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.policy.KeyRef;
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
  KeyMetadata change(KeyRouter router, KeyRef key) throws BackendException {
    return router.administration().cancelDestruction(key);
  }
}
