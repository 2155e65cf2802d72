package dev.keyhold.cli;

import picocli.CommandLine.Command;

/** Groups what can be done with keys. */
@Command(
    name = "keys",
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists, shows, creates and rotates keys.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keys list",
      "  keyhold keys create orders",
      "  keyhold keys rotate orders",
      "  keyhold keys show orders --json"
    })
final class KeysCommand {}
