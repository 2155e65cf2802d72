package dev.keyhold.cli.custody;

import picocli.CommandLine.Command;

/** Groups what people do with a charter before it is in force. */
@Command(
    name = "charter",
    synopsisSubcommandLabel = "COMMAND",
    description = "Begins, checks and compares charters: who may use which key for what.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold custody charter init charter.txt",
      "  keyhold custody charter check charter.txt",
      "  keyhold custody charter explain charter.txt --workload api --key orders --op unwrap",
      "  keyhold custody charter diff charter.note next.txt --log /var/lib/custodian/log"
    })
public final class CharterCommand {}
