package dev.keyhold.cli.keys;

import picocli.CommandLine.Command;

/** Groups what can be done with keys. */
@Command(
    name = "keys",
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists, shows and creates keys, and leads them through their life.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keys list",
      "  keyhold keys create orders",
      "  keyhold keys rotate orders",
      "  keyhold keys show orders --json",
      "  keyhold keys destroy old-orders --in 30d"
    })
public final class KeysCommand {}
