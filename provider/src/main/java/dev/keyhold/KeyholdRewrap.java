package dev.keyhold;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.file.ObjectFile;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.Header.MalformedHeaderException;
import dev.keyhold.rewrap.Rewrapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.ProviderException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/**
 * Replaces the headers of objects: wraps the data key or epoch key of an object for the present
 * keys of its alias, in their present versions. Use it after a rotation, after a change of keys,
 * and after an outage in which objects were written for fewer keys than their alias has. The
 * encrypted data is not read, not checked and not changed; so neither IV nor AAD is needed.
 *
 * <p>An object is opened with any key that the alias may decrypt with, {@code decrypt-with}
 * included. The new header is for all present keys; if one of them fails, the object stays as it
 * is. Each present key opens the new header before it replaces the old one. A rewrap changes
 * neither the data key or epoch key itself, nor the mode ({@code data-keys}) of an object: if
 * somebody may have kept that key, encrypt the data again.
 *
 * <p>Use one object of this class for one run over many objects: it asks each key for its present
 * version once, and creates one new header for all objects of an epoch key. Not thread-safe.
 */
public final class KeyholdRewrap {
  /** The result of a rewrap. */
  public enum Outcome {
    /** The object has a new header, or, as a result of {@link #check}, would get one. */
    REWRAPPED,
    /** The header opens and is for all present keys in their present versions: it is unchanged. */
    CURRENT
  }

  private final Rewrapper rewrapper;

  /**
   * Creates a rewrap for objects of a key's alias, without a tenant.
   *
   * @throws InvalidKeyException if the key is no {@link KeyholdKey} for encryption, its alias
   *     requires a tenant, or the configuration is not usable or does not route the alias
   * @throws ProviderException if the key's provider is closed
   */
  public KeyholdRewrap(Key key) throws InvalidKeyException {
    this(key, KeyholdParameterSpec.NONE, false);
  }

  /**
   * Creates a rewrap for objects of a key's alias.
   *
   * @param parameters the tenant of the objects; IV and AAD are ignored
   * @param always whether current objects are rewrapped too: for a service that does not tell the
   *     version of a key, such as AWS KMS
   * @throws InvalidKeyException if the key is no {@link KeyholdKey} for encryption, its alias
   *     requires a tenant and the parameters name none, or the configuration is not usable or does
   *     not route the alias
   * @throws ProviderException if the key's provider is closed
   */
  public KeyholdRewrap(Key key, KeyholdParameterSpec parameters, boolean always)
      throws InvalidKeyException {
    SecretKeyHandle handle = Keys.forEncryption(key);
    try {
      rewrapper = handle.instance().envelope().rewrapper(handle.policy(parameters), always);
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
  }

  /**
   * Rewraps the object in a file. A new header of the same length, which is usual, is written in
   * place. Otherwise a new file with the owner, group and permissions of the old one is written and
   * then replaces it; a process that may not create such a file fails. If the process or the
   * machine stops during the rewrap, the file has the old or the new header, or the next rewrap of
   * the file restores the old one from {@code .<name>.khrewrap} beside it (for a name that is too
   * long, the hexadecimal SHA-256 of the name).
   *
   * @throws IOException if the file can't be read or written, or something else changes it
   *     meanwhile; with an {@link AEADBadTagException} as its cause if the header does not open, or
   *     the file is no object; with a {@link BackendException} as its cause if a key is denied or
   *     out of reach, the alias may not open objects of this mode ({@code data-keys}), or the
   *     provider is closed. The file is unchanged then
   */
  public Outcome file(Path file) throws IOException {
    try (ObjectFile object = ObjectFile.open(file)) {
      Optional<byte[]> header = header(object.header());
      if (header.isEmpty()) {
        return Outcome.CURRENT;
      }
      object.replace(header.get());
      return Outcome.REWRAPPED;
    } catch (MalformedHeaderException e) {
      throw noObject(e);
    }
  }

  /**
   * Returns what {@link #file} would do; opens the object's header, wraps nothing and writes
   * nothing.
   *
   * @throws IOException as {@link #file}, as far as opening tells
   */
  public Outcome check(Path file) throws IOException {
    try {
      return rewrapper.isDue(ObjectFile.readHeader(file)) ? Outcome.REWRAPPED : Outcome.CURRENT;
    } catch (MalformedHeaderException e) {
      throw noObject(e);
    } catch (AEADBadTagException | BackendException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Copies an object from one stream to another and replaces its header if that is not current.
   * Closes neither stream.
   *
   * @throws IOException as {@link #file}; nothing has been written unless a stream failed
   */
  public Outcome stream(InputStream in, OutputStream out) throws IOException {
    byte[] header;
    try {
      byte[] prologue = readExactly(in, Envelope.PROLOGUE);
      int length = Envelope.headerLength(prologue);
      header = Arrays.copyOf(prologue, length);
      byte[] rest = readExactly(in, length - prologue.length);
      System.arraycopy(rest, 0, header, prologue.length, rest.length);
    } catch (MalformedHeaderException | EOFException e) {
      throw noObject(e);
    }
    Optional<byte[]> made = header(header);
    out.write(made.orElse(header));
    in.transferTo(out);
    return made.isPresent() ? Outcome.REWRAPPED : Outcome.CURRENT;
  }

  /**
   * Rewraps a header, for objects that are not in files.
   *
   * @param start the beginning of an object: at least its header, which has at most 64 KiB
   * @return the new header, which may be longer or shorter than the old one; empty if the header is
   *     current
   * @throws IOException as {@link #file}
   */
  public Optional<byte[]> header(byte[] start) throws IOException {
    try {
      if (start.length < Envelope.PROLOGUE || start.length < Envelope.headerLength(start)) {
        throw noObject(new EOFException("a header that is cut short"));
      }
      return rewrapper.rewrap(Arrays.copyOf(start, Envelope.headerLength(start)));
    } catch (MalformedHeaderException e) {
      throw noObject(e);
    } catch (AEADBadTagException | BackendException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static byte[] readExactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("a header that is cut short");
    }
    return bytes;
  }

  private static IOException noObject(Exception cause) {
    AEADBadTagException bad = new AEADBadTagException(cause.getMessage());
    bad.initCause(cause);
    return new IOException(cause.getMessage(), bad);
  }
}
