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
 * Protects objects anew for the keys that their alias has now, in the version that these have now:
 * after a rotation, a change of keys, or an outage in which an object was written for fewer keys
 * than its alias has. The header alone changes; the data stays as it is, is not read, and is not
 * checked. So neither IV nor AAD is needed.
 *
 * <p>An object is opened with whatever the alias may decrypt with, {@code decrypt-with} included,
 * and written for all of its present keys or not at all. Each of them opened the new header before
 * the old one is replaced. What a rewrap can't change is the data key: whoever may have kept it
 * must be answered by encrypting the data anew. Nor does it change the mode ({@code data-keys}) of
 * an object.
 *
 * <p>One serves one run over many objects: it asks each key for its present version once, and makes
 * one new header for all objects of an epoch. Not thread-safe.
 */
public final class KeyholdRewrap {
  /** What became of an object. */
  public enum Outcome {
    /** It has a new header, or would get one. */
    REWRAPPED,
    /** It opens, and has all present keys in their present version: it was left alone. */
    CURRENT
  }

  private final Rewrapper rewrapper;

  /**
   * For objects of a key's alias.
   *
   * @throws InvalidKeyException if the key is no {@link KeyholdKey} for encryption, its alias
   *     requires a tenant, or the configuration is not usable or does not route the alias
   * @throws ProviderException if the key's provider is closed
   */
  public KeyholdRewrap(Key key) throws InvalidKeyException {
    this(key, KeyholdParameterSpec.NONE, false);
  }

  /**
   * For objects of a key's alias.
   *
   * @param parameters whose tenant's objects they are; IV and AAD are of no concern
   * @param always whether objects are rewrapped that are current too: for a service that does not
   *     tell the version of a key, such as AWS KMS
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
   * Rewraps the object that a file is. A header of the same length, as it nearly always is, is
   * written in place; else a new file, with the owner, group and permissions of the old one, takes
   * its place when it is complete; a process that may not make such a file is refused. If the
   * process or the machine stops meanwhile, the file has the old or the new header, or its old one
   * lies beside it in {@code .<name>.khrewrap} (of a name too long for that, its SHA-256 in
   * hexadecimal instead) and is put back by the next rewrap of the file.
   *
   * @throws IOException if the file can't be read or written, or is changed meanwhile; with an
   *     {@link AEADBadTagException} as its cause if it does not open, or is no object; with a
   *     {@link BackendException} if a key is denied or out of reach, the configuration has the
   *     alias open no objects of this one's mode ({@code data-keys}), or the provider is closed.
   *     The file is as it was then
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
   * Rewraps an object on its way: writes it with its new header, or as it is where it is current.
   * Closes neither stream.
   *
   * @throws IOException as {@link #file}; nothing was written then unless a stream failed
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
   * Rewraps a header by itself, for objects that are kept in other places than files.
   *
   * @param start what an object begins with: at least its header, which has at most 64 KiB
   * @return what is to stand in the place of the header, longer or shorter or of the same length;
   *     empty if it is to stay
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
