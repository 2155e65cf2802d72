package dev.keyhold.cli.object;

import dev.keyhold.KeyholdOutputStream;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.cli.command.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.InvalidKeyException;
import java.security.Key;
import picocli.CommandLine.Command;

/** {@code encrypt}. */
@Command(
    name = "encrypt",
    description = {
      "Encrypts a file as one object that the keys of the alias open.",
      "OUT appears when it is whole; a failure leaves nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold encrypt --key orders report.pdf report.pdf.keyhold",
      "  keyhold encrypt --key orders --aad report-7 report.pdf report.pdf.keyhold",
      "  tar -c folder | keyhold encrypt --key orders - folder.tar.keyhold"
    })
public final class EncryptCommand extends TransferCommand {
  public EncryptCommand(Context context) {
    super(context, "encrypting");
  }

  @Override
  boolean writesObjects() {
    return true;
  }

  @Override
  void transfer(InputStream in, OutputStream out, Key key, KeyholdParameterSpec parameters)
      throws IOException, InvalidKeyException {
    KeyholdOutputStream object = new KeyholdOutputStream(out, key, parameters);
    copy(in, object);
    object.close(); // only now: if closed after a failure to read, it would be complete, but too
    // short
  }
}
