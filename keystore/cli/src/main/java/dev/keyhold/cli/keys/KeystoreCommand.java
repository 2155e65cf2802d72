package dev.keyhold.cli.keys;

import picocli.CommandLine.Command;

/** Groups what can be done with key store files. */
@Command(
    name = "keystore",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Makes key store files, for programs that take a key store by its file alone.",
      "Spring Boot and Kafka are such programs. A file holds references to keys, no keys."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keystore export web.khks --alias web --password file:khks-password.txt"})
public final class KeystoreCommand {}
