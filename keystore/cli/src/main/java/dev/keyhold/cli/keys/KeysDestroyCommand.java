package dev.keyhold.cli.keys;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Context;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code keys destroy}. */
@Command(
    name = "destroy",
    description = {
      "Has a key destroyed, with all its versions, once some time has passed.",
      "It is of no use from now on; until then, keyhold keys restore saves it. After that, whatever it"
          + " protected is lost for good.",
      "The software backend keeps it until keyhold keys purge is run after that time: no reader"
          + " destroys.",
      "Keys in a PKCS#11 token have no such state: the HSM vendor's tool acts on them."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys destroy orders --in 30d"})
public final class KeysDestroyCommand extends KeyChange {
  @Option(
      names = "--in",
      required = true,
      paramLabel = "TIME",
      description = "After how long, such as 30d. Each backend has its bounds, and says them.")
  private Duration wait;

  public KeysDestroyCommand(Context context) {
    super(context);
  }

  @Override
  KeyMetadata change(ManagedKey key) throws BackendException {
    return key.scheduleDestruction(wait);
  }
}
