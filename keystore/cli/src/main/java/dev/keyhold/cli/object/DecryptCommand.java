package dev.keyhold.cli.object;

import dev.keyhold.KeyholdInputStream;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.cli.command.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.InvalidKeyException;
import java.security.Key;
import picocli.CommandLine.Command;

/** {@code decrypt}. */
@Command(
    name = "decrypt",
    description = {
      "Decrypts an object, with the same AAD and IV that it was encrypted with.",
      "OUT appears only if the whole object is authentic; a refusal leaves nothing. On standard"
          + " output each byte is authentic, but only exit code 0 says that none is missing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold decrypt --key orders report.pdf.keyhold report.pdf",
      "  keyhold decrypt --key orders --aad report-7 report.pdf.keyhold report.pdf",
      "  keyhold decrypt --key orders folder.tar.keyhold - | tar -t"
    })
public final class DecryptCommand extends TransferCommand {
  public DecryptCommand(Context context) {
    super(context, "decrypting");
  }

  @Override
  boolean writesObjects() {
    return false;
  }

  @Override
  void transfer(InputStream in, OutputStream out, Key key, KeyholdParameterSpec parameters)
      throws IOException, InvalidKeyException {
    try (KeyholdInputStream object = new KeyholdInputStream(in, key, parameters)) {
      copy(object, out);
    }
  }
}
