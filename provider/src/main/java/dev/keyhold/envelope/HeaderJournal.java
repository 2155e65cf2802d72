package dev.keyhold.envelope;

import dev.keyhold.envelope.Header.MalformedHeaderException;
import dev.keyhold.keystore.LocalEngine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * What lies beside an object's file while its header is replaced in place: the old header and the
 * new one, with a digest. If the change is interrupted, the old header is put back from it; but
 * only if the file has at each place the byte of the one or of the other, so that a journal which
 * was left over never touches a file that was written since. It holds nothing secret.
 *
 * <p>Immutable; the caller holds the lock of the object's file.
 */
final class HeaderJournal {
  /** How the name of a journal ends; it begins with a dot. */
  static final String SUFFIX = ".khrewrap";

  private static final byte[] MAGIC = Kdf.ascii("KHRJ1\n");
  private static final int DIGEST = 32;

  private final Path file;

  private HeaderJournal(Path file) {
    this.file = file;
  }

  /** The journal of an object's file, which is rarely there. */
  static HeaderJournal beside(Path object) {
    return new HeaderJournal(object.resolveSibling("." + object.getFileName() + SUFFIX));
  }

  /** Writes a header of the same length over the one that an object has. */
  void replace(FileChannel object, byte[] oldHeader, byte[] newHeader) throws IOException {
    byte[] content = content(oldHeader, newHeader);
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(out, 0, content);
      out.force(true);
    }
    forceFolder(file);
    write(object, 0, newHeader);
    object.force(true);
    Files.deleteIfExists(file);
  }

  /** Puts the old header back if a change of it was interrupted, and takes the journal away. */
  void heal(FileChannel object) throws IOException {
    Optional<byte[]> before = interrupted(object);
    if (before.isPresent()) {
      write(object, 0, before.get());
      object.force(true);
    }
    Files.deleteIfExists(file);
  }

  /** The old header, if a change of it was interrupted and the file has neither of the two. */
  Optional<byte[]> interrupted(FileChannel object) throws IOException {
    byte[] content;
    try {
      if (Files.size(file) > MAGIC.length + 2L * Header.BLOCK * Header.MAX_BLOCKS + DIGEST) {
        return Optional.empty();
      }
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int length = (content.length - MAGIC.length - DIGEST) / 2;
    if (length < Header.BLOCK) {
      return Optional.empty();
    }
    byte[] before = Arrays.copyOfRange(content, MAGIC.length, MAGIC.length + length);
    byte[] after = Arrays.copyOfRange(content, MAGIC.length + length, MAGIC.length + 2 * length);
    if (!Arrays.equals(content, content(before, after))) {
      return Optional.empty(); // it was not complete, so the object was not touched
    }
    byte[] found;
    try {
      found = ObjectFile.read(object, 0, length);
    } catch (MalformedHeaderException e) {
      return Optional.empty();
    }
    boolean whole = Arrays.equals(found, before) || Arrays.equals(found, after);
    return whole || !isOfBoth(found, before, after) ? Optional.empty() : Optional.of(before);
  }

  private static boolean isOfBoth(byte[] found, byte[] before, byte[] after) {
    for (int i = 0; i < found.length; i++) {
      if (found[i] != before[i] && found[i] != after[i]) {
        return false;
      }
    }
    return true;
  }

  static byte[] content(byte[] oldHeader, byte[] newHeader) {
    ByteBuffer content =
        ByteBuffer.allocate(MAGIC.length + oldHeader.length + newHeader.length + DIGEST);
    content.put(MAGIC).put(oldHeader).put(newHeader);
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(content.array(), 0, content.position());
      content.put(sha256.digest());
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    }
    return content.array();
  }

  static void write(FileChannel channel, long position, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, position + buffer.position());
    }
  }

  /** Makes a new name in a folder last, where the system has such a thing. */
  static void forceFolder(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }
}
