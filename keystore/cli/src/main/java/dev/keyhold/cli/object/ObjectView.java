package dev.keyhold.cli.object;

import dev.keyhold.cli.command.Text;
import dev.keyhold.envelope.Envelope;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What can be said of an object without its key; the names of the components are those of the JSON.
 * Nothing of it is authenticated.
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

  private static final int MAX_HEADER = 64 * 1024;

  /** One KEK; the length of what it wrapped is in bytes. */
  record Recipient(
      String backendType,
      String identity,
      String version,
      String mechanism,
      int share,
      int wrappedLength) {
    private static Recipient of(dev.keyhold.object.Recipient recipient) {
      WrappedKey wrapped = recipient.wrapped();
      return new Recipient(
          recipient.kind(),
          wrapped.identity(),
          wrapped.version(),
          wrapped.mechanism().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          recipient.share(),
          wrapped.bytes().length);
    }
  }

  /** Reads the header of the object that a file is. */
  public static ObjectView read(Path file) throws IOException, MalformedHeaderException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(MAX_HEADER);
    }
    Header header = Envelope.inspect(start);
    Envelope.Extent extent = Envelope.extent(start, Files.size(file));
    return new ObjectView(
        file.toString(),
        Header.VERSION,
        Header.SUITE_NAME,
        header.dataKeys().text(),
        header.combinator().text(),
        header.recipients().stream().map(Recipient::of).toList(),
        extent.header(),
        extent.plaintext(),
        false);
  }

  /** All of it but the name of the file, for people. */
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
