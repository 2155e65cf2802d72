package dev.keyhold.admin;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the header of an object says, which anybody can read. Nothing of it is authenticated.
 *
 * @param epochKey whether an epoch key protects the data key
 * @param rule how many of the recipients open it
 * @param recipients one for each KEK
 */
public record ObjectInfo(boolean epochKey, KeySet.Rule rule, List<Recipient> recipients) {
  /** The version of the format. */
  public static final int FORMAT_VERSION = Header.VERSION;

  /** The name of the cipher suite. */
  public static final String SUITE = Header.SUITE_NAME;

  private static final int MAX_HEADER = Header.BLOCK * Header.MAX_BLOCKS;

  /**
   * One KEK.
   *
   * @param backendType the type of its backend
   * @param identity what names the key
   * @param version empty where the backend has no versions
   * @param mechanism how it wrapped
   * @param share which share of the key it wrapped
   * @param wrappedLength in bytes
   */
  public record Recipient(
      String backendType,
      String identity,
      String version,
      WrapMechanism mechanism,
      int share,
      int wrappedLength) {
    private static Recipient of(dev.keyhold.object.Recipient recipient) {
      WrappedKey wrapped = recipient.wrapped();
      return new Recipient(
          recipient.kind(),
          wrapped.identity(),
          wrapped.version(),
          wrapped.mechanism(),
          recipient.share(),
          wrapped.bytes().length);
    }
  }

  /**
   * An object in a file.
   *
   * @param header what its header says
   * @param headerLength in bytes, the MAC included
   * @param plaintextLength in bytes, as it follows from the length of the file
   */
  public record Stored(ObjectInfo header, int headerLength, long plaintextLength) {}

  /** Bytes that are no header of an object, or of one that this version does not know. */
  public static final class MalformedObjectException extends Exception {
    private static final long serialVersionUID = 1L;

    private MalformedObjectException(MalformedHeaderException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Copies the list. */
  public ObjectInfo {
    recipients = List.copyOf(recipients);
  }

  static ObjectInfo of(Header header) {
    return new ObjectInfo(
        header.dataKeys() == DataKeyMode.EPOCH,
        KeySet.Rule.of(header.combinator()),
        header.recipients().stream().map(Recipient::of).toList());
  }

  /**
   * Reads the header of an object.
   *
   * @param start the beginning of the object, the whole header at least
   */
  public static ObjectInfo of(byte[] start) throws MalformedObjectException {
    try {
      return of(Envelope.inspect(start));
    } catch (MalformedHeaderException e) {
      throw new MalformedObjectException(e);
    }
  }

  /** Reads the header of the object that a file is. */
  public static Stored read(Path file) throws IOException, MalformedObjectException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(MAX_HEADER);
    }
    try {
      Envelope.Extent extent = Envelope.extent(start, Files.size(file));
      return new Stored(of(Envelope.inspect(start)), extent.header(), extent.plaintext());
    } catch (MalformedHeaderException e) {
      throw new MalformedObjectException(e);
    }
  }

  /** Returns what protects the data key as {@code data-keys} of a configuration says it. */
  public String dataKeys() {
    return KeySet.dataKeys(epochKey);
  }
}
