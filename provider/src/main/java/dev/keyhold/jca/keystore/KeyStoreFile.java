package dev.keyhold.jca.keystore;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.UnrecoverableKeyException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;

/**
 * The file of a key store: what a backend can't keep. It holds no secret. Its integrity is
 * protected by HMAC-SHA256 under a key from the password (a {@link PasswordDerivation}); without a
 * password it is read unchecked, as JKS and PKCS#12 are.
 *
 * <p>{@code "KHKS" || version 3 || derivation(1) || its parameters(4) || salt(32) || u32 entries ||
 * entries || MAC(32)}; an entry is {@code UTF alias} and a {@link StoredEntry}, strings as {@link
 * DataOutputStream#writeUTF} writes them. Versions 1, which had secret keys only, and 2 are read
 * too: they have no byte for the derivation, which is PBKDF2-HMAC-SHA512, by iterations.
 */
final class KeyStoreFile {
  private static final int MAGIC = 0x4B484B53; // KHKS
  private static final int FIRST_VERSION = 1;
  private static final int PBKDF2_VERSION = 2;
  private static final int VERSION = 3;
  private static final int SALT = 32;
  private static final int MAC = 32;
  private static final int MAX_LENGTH = 1 << 24;

  private KeyStoreFile() {}

  static boolean isOne(InputStream stream) throws IOException {
    byte[] start = stream.readNBytes(Integer.BYTES);
    return start.length == Integer.BYTES && ByteBuffer.wrap(start).getInt() == MAGIC;
  }

  static Map<String, StoredEntry> read(InputStream stream, char[] password) throws IOException {
    byte[] bytes = stream.readNBytes(MAX_LENGTH + 1);
    if (bytes.length > MAX_LENGTH) {
      throw new IOException("a key store of more than 16 MiB");
    }
    if (bytes.length == 0) {
      throw new IOException(
          "the key store is empty: restore a backup of its file; or make it anew (keyhold keystore"
              + " export FILE --alias ALIAS)");
    }
    try {
      return parse(bytes, password);
    } catch (EOFException e) {
      throw new IOException(
          "the key store is cut short, or damaged; restore a backup of its file", e);
    }
  }

  private static Map<String, StoredEntry> parse(byte[] bytes, char[] password) throws IOException {
    int end = Math.max(0, bytes.length - MAC);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end));
    if (in.readInt() != MAGIC) {
      throw new IOException("this is not a Keyhold key store: it does not begin with KHKS");
    }
    int version = in.readUnsignedByte();
    if (version < FIRST_VERSION || version > VERSION) {
      throw new IOException("a key store of version " + version + "; this Keyhold knows 1 to 3");
    }
    PasswordDerivation derivation = derivation(in, version);
    byte[] salt = new byte[SALT];
    in.readFully(salt);
    Map<String, StoredEntry> entries =
        entries(in, version); // first: it detects a file that was cut short
    if (password != null) {
      byte[] mac = mac(password, salt, derivation, bytes, end);
      if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(bytes, end, bytes.length))) {
        String message = "the password of the key store is wrong, or the file was altered";
        throw new IOException(message, new UnrecoverableKeyException(message));
      }
    }
    return entries;
  }

  private static PasswordDerivation derivation(DataInputStream in, int version) throws IOException {
    int id = version <= PBKDF2_VERSION ? 1 : in.readUnsignedByte();
    int parameters = in.readInt();
    try {
      return new PasswordDerivation(id, parameters);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "the key store was altered, or made by another release: it derives its key from the password by "
              + e.getMessage(),
          e);
    }
  }

  private static Map<String, StoredEntry> entries(DataInputStream in, int version)
      throws IOException {
    Map<String, StoredEntry> entries = new LinkedHashMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      String alias = in.readUTF();
      try {
        entries.put(
            alias,
            version == FIRST_VERSION ? StoredEntry.readFirstVersion(in) : StoredEntry.read(in));
      } catch (IllegalArgumentException e) {
        throw new IOException("the key store names a key that is none: " + e.getMessage(), e);
      }
    }
    if (in.read() >= 0) {
      throw new IOException("the key store is longer than its entries");
    }
    return entries;
  }

  static void write(OutputStream stream, char[] password, Map<String, StoredEntry> entries)
      throws IOException {
    if (password == null) {
      throw new IllegalArgumentException("a key store file needs a password");
    }
    PasswordDerivation derivation = PasswordDerivation.CURRENT;
    byte[] salt = LocalRandom.hedged(SALT);
    ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(buffer);
    out.writeInt(MAGIC);
    out.writeByte(VERSION);
    out.writeByte(derivation.id());
    out.writeInt(derivation.parameters());
    out.write(salt);
    out.writeInt(entries.size());
    for (Map.Entry<String, StoredEntry> entry : entries.entrySet()) {
      out.writeUTF(entry.getKey());
      StoredEntry.write(out, entry.getValue());
    }
    byte[] content = buffer.toByteArray();
    stream.write(content);
    stream.write(mac(password, salt, derivation, content, content.length));
    stream.flush();
  }

  private static byte[] mac(
      char[] password, byte[] salt, PasswordDerivation derivation, byte[] content, int length)
      throws IOException {
    ErasableKey key = null;
    try {
      key = new ErasableKey("HmacSHA256", derivation.derive(password, salt, MAC));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(content, 0, length);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IOException("the key store's password cannot be checked: " + e.getMessage(), e);
    } finally {
      if (key != null) {
        key.destroy();
      }
    }
  }
}
