package dev.keyhold.admin;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.file.ObjectFile;
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
 * The header of an object, which anybody can read without a key. Nothing of it is authenticated: it
 * says what the object claims, and is no basis for a decision about security. Immutable and
 * thread-safe.
 *
 * @param epochKey whether the recipients wrap an epoch key, from which the object's keys are
 *     derived; otherwise they wrap the object's own data key
 * @param rule how many of the recipients are needed to open the object
 * @param recipients one for each KEK, in the order of the header; unmodifiable
 */
public record ObjectInfo(boolean epochKey, KeySet.Rule rule, List<Recipient> recipients) {
  /** The version of the object format that this release reads and writes. */
  public static final int FORMAT_VERSION = Header.VERSION;

  /** The name of the cipher suite of all objects. */
  public static final String SUITE = Header.SUITE_NAME;

  private static final int MAX_HEADER = Header.BLOCK * Header.MAX_BLOCKS;

  /**
   * One KEK that wrapped the object's data key or epoch key, or a share of it.
   *
   * @param backendType the type of the KEK's backend, such as {@code pkcs11}
   * @param identity the identity of the KEK, by which its backend knows it
   * @param version the version of the KEK; empty where the backend has no versions
   * @param mechanism how the KEK wrapped
   * @param share the share of an all-of that it wrapped; 0 for other objects
   * @param wrappedLength the length of the wrapped key, in bytes
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
   * @param header the contents of its header
   * @param headerLength the length of the header in bytes, the MAC included
   * @param plaintextLength the length of the plaintext in bytes, computed from the length of the
   *     file
   */
  public record Stored(ObjectInfo header, int headerLength, long plaintextLength) {}

  /**
   * Thrown for bytes that are no header of an object, or the header of a later format than {@link
   * #FORMAT_VERSION}; the message says which.
   */
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
   * @param start the beginning of the object: at least the whole header, at most 64 KiB of which
   *     are read
   * @throws MalformedObjectException if it does not begin with a whole header
   */
  public static ObjectInfo of(byte[] start) throws MalformedObjectException {
    try {
      return of(Envelope.inspect(start));
    } catch (MalformedHeaderException e) {
      throw new MalformedObjectException(e);
    }
  }

  /**
   * Reads the header of the object in a file.
   *
   * @throws IOException if the file can't be read
   * @throws MalformedObjectException if the file does not begin with a whole header, or is too
   *     short for an object
   */
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

  /**
   * Returns whether a file, by its name, is what a rewrap or another writer leaves when it is
   * killed: no object to look at.
   */
  public static boolean isLeftOver(Path file) {
    return ObjectFile.isLeftOver(file);
  }

  /** Returns the mode as the value of {@code data-keys} in a configuration. */
  public String dataKeys() {
    return KeySet.dataKeys(epochKey);
  }
}
