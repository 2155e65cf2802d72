package dev.keyhold.cli.custody;

import picocli.CommandLine.Command;

/** Groups what people do with charters, signed texts and logs of custodians. */
@Command(
    name = "custody",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Verifies what custodians recorded, and checks and signs what they act by.",
      "A custodian is a process that alone holds the credential of an HSM or a KMS, and uses a key"
          + " only if a signed charter allows it (docs/CUSTODY.md)."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold custody verify --pin sha256:... /var/lib/custodian/log",
      "  keyhold custody charter check charter.txt",
      "  keyhold custody sign charter.txt --key approvals"
    })
public final class CustodyCommand {}
