package dev.keyhold.cli.keys;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Context;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code keys rotate}. */
@Command(
    name = "rotate",
    description = {
      "Makes a new version of a key, which protects all new data from now on.",
      "Older versions go on decrypting what they protected. A key for Mac, and a key pair, have no",
      "versions: make one under another alias instead."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys rotate orders", "  keyhold keys rotate orders --every 365d"})
public final class KeysRotateCommand extends KeyChange {
  @Option(
      names = "--every",
      paramLabel = "TIME",
      description =
          "Not now: the backend is to rotate the key by itself, each time this has passed, such as 365d; 0d"
              + " stops that. A cloud KMS can.")
  private Duration period;

  public KeysRotateCommand(Context context) {
    super(context);
  }

  @Override
  KeyMetadata change(ManagedKey key) throws BackendException {
    return period == null ? key.rotate() : key.rotateEvery(period);
  }
}
