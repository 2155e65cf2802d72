package dev.keyhold.cli.object;

import dev.keyhold.admin.ObjectInfo;
import dev.keyhold.admin.ObjectInfo.MalformedObjectException;
import dev.keyhold.cli.command.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The facts about an object that are known without its key; the names of the components are those
 * of the JSON. Nothing of it is authenticated.
 *
 * @param headerLength in bytes, the MAC included
 * @param plaintextLength in bytes, as it follows from the length of the file
 */
public record ObjectView(
    String file,
    int formatVersion,
    String suite,
    String dataKeys,
    String combinator,
    List<Recipient> recipients,
    int headerLength,
    long plaintextLength,
    boolean authenticated) {

  /** One KEK; the length of what it wrapped is in bytes. */
  record Recipient(
      String backendType,
      String identity,
      String version,
      String mechanism,
      int share,
      int wrappedLength) {
    private static Recipient of(ObjectInfo.Recipient recipient) {
      return new Recipient(
          recipient.backendType(),
          recipient.identity(),
          recipient.version(),
          recipient.mechanism().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          recipient.share(),
          recipient.wrappedLength());
    }
  }

  /** Reads the header of the object that a file is. */
  public static ObjectView read(Path file) throws IOException, MalformedObjectException {
    ObjectInfo.Stored object = ObjectInfo.read(file);
    ObjectInfo header = object.header();
    return new ObjectView(
        file.toString(),
        ObjectInfo.FORMAT_VERSION,
        ObjectInfo.SUITE,
        header.dataKeys(),
        header.rule().text(),
        header.recipients().stream().map(Recipient::of).toList(),
        object.headerLength(),
        object.plaintextLength(),
        false);
  }

  /** Returns all of it but the name of the file, for people. */
  public String details() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("format", "Keyhold object, version " + formatVersion));
    rows.add(List.of("suite", suite));
    rows.add(List.of("data keys", dataKeys));
    rows.add(List.of("combinator", combinator));
    rows.add(List.of("header", Text.exactSize(headerLength)));
    rows.add(List.of("plaintext", Text.exactSize(plaintextLength) + ", by the file's length"));
    for (Recipient recipient : recipients) {
      rows.add(List.of("recipient", Text.printable(recipient.identity)));
      String version = recipient.version.isEmpty() ? "none" : Text.printable(recipient.version);
      rows.add(List.of("  backend", Text.printable(recipient.backendType)));
      rows.add(List.of("  version", version));
      rows.add(
          List.of("  wrap", recipient.mechanism + ", " + Text.exactSize(recipient.wrappedLength)));
    }
    rows.add(List.of("authenticated", "nothing of this: only decryption does"));
    return Text.table(rows);
  }
}
