package dev.keyhold.file;

import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.kit.FileAccess;
import dev.keyhold.keystore.kit.FileClaim;
import dev.keyhold.keystore.kit.WholeFile;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import dev.keyhold.object.Kdf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A file beside an object's file while the object's header is replaced in place: the old and the
 * new header, with a digest. If the replacement is interrupted, the old header is restored from it,
 * but only if each byte of the file's header is that of the old or of the new one: so a journal
 * that was left over never changes a file that was written since. It holds nothing secret.
 *
 * <p>It is not authenticated, since no key is at hand here. An attacker who forges a journal can
 * replace the object's header by another one of the same length and mode, and nothing else: then
 * the object does not open. An attacker who may replace the object in its folder can do that
 * without a journal; where the folder's sticky bit prevents it, a journal counts only if the owner
 * of the object or of the folder created it.
 *
 * <p>Immutable; the caller holds the lock of the object's file.
 */
final class HeaderJournal {
  /** The end of the name of a journal, which begins with a dot. */
  static final String SUFFIX = ".khrewrap";

  private static final byte[] MAGIC = Kdf.ascii("KHRJ1\n");
  private static final int DIGEST = 32;
  private static final int MAX_BYTES = MAGIC.length + 2 * Header.BLOCK * Header.MAX_BLOCKS + DIGEST;
  private static final int STICKY = 01000;
  private static final long PATIENCE_MILLIS = 30_000;

  /** The longest name of a file, in bytes, on the usual file systems; a longer one is hashed. */
  private static final int MAX_NAME = 255;

  private final Path object;
  private final Path file;

  private HeaderJournal(Path object, Path file) {
    this.object = object;
    this.file = file;
  }

  /** Returns the journal of an object's file, which is rarely there. */
  static HeaderJournal beside(Path object) {
    String name = object.getFileName().toString();
    byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
    String base =
        encoded.length + 1 + SUFFIX.length() <= MAX_NAME
            ? name
            : HexFormat.of().formatHex(Digests.local("SHA-256").digest(encoded));
    return new HeaderJournal(object, object.resolveSibling("." + base + SUFFIX));
  }

  /**
   * Writes a header of the same length over the one that an object has. There must be no journal;
   * {@link #heal} removes one.
   */
  void replace(FileChannel opened, byte[] oldHeader, byte[] newHeader) throws IOException {
    try (Change change = begin(opened, oldHeader, newHeader)) {
      WholeFile.write(opened, 0, newHeader);
      opened.force(true);
      change.end();
    }
  }

  /**
   * A change that has begun: the journal is there and locked, so that no process takes it for what
   * a killed one has left.
   */
  final class Change implements AutoCloseable {
    private final FileClaim claim;
    private final FileChannel journal;

    private Change(FileClaim claim, FileChannel journal) {
      this.claim = claim;
      this.journal = journal;
    }

    /** Takes the journal away, since the new header is on the disk. */
    void end() throws IOException {
      Files.deleteIfExists(file);
    }

    /** Leaves the journal as it is. */
    @Override
    public void close() throws IOException {
      try {
        journal.close();
      } finally {
        claim.close();
      }
    }
  }

  /** Puts the journal on the disk. The object is as it was. */
  Change begin(FileChannel opened, byte[] oldHeader, byte[] newHeader) throws IOException {
    FileClaim claim = claim();
    FileChannel out = null;
    boolean begun = false;
    try {
      out = FileAccess.create(file);
      lock(out, false);
      create(out, content(oldHeader, newHeader));
      if (!Arrays.equals(WholeFile.read(opened, 0, oldHeader.length).orElse(null), oldHeader)) {
        Files.deleteIfExists(file);
        throw new IOException(object + " was changed by somebody else meanwhile; try again");
      }
      begun = true;
      return new Change(claim, out);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          file + " was made by somebody else meanwhile; " + object + " is as it was: try again", e);
    } finally {
      if (!begun) {
        try (claim) {
          if (out != null) {
            out.close();
          }
        }
      }
    }
  }

  private void create(FileChannel out, byte[] content) throws IOException {
    boolean complete = false;
    try {
      alignAsFarAsNeeded();
      WholeFile.write(out, 0, content);
      out.force(true);
      FileAccess.forceFolder(file);
      complete = true;
    } finally {
      if (!complete) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Others of this JVM have it for the moment of a change or of a look. */
  private FileClaim claim() throws IOException {
    return FileClaim.of(file, PATIENCE_MILLIS).orElseThrow(() -> ObjectFile.busy(object));
  }

  private void lock(FileChannel journal, boolean shared) throws IOException {
    FileLock lock;
    try {
      lock = journal.tryLock(0, Long.MAX_VALUE, shared);
    } catch (OverlappingFileLockException e) {
      throw ObjectFile.busy(object); // another release of this class in this process
    } catch (IOException e) {
      return; // a file system without locks
    }
    if (lock == null) {
      throw ObjectFile.busy(object);
    }
  }

  /**
   * Gives the journal the access rights of the object. If that is denied, the journal must at least
   * be valid: whoever may read and write the object may repair it.
   */
  private void alignAsFarAsNeeded() throws IOException {
    try {
      FileAccess.align(file, object);
    } catch (AccessDeniedException e) {
      if (!isOfOneWhoMay()) {
        throw e;
      }
    }
  }

  /**
   * Restores the old header if a change of it was interrupted, and removes the journal.
   *
   * @throws IOException if the change is still in progress
   */
  void heal(FileChannel opened) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    FileClaim claim = claim();
    try {
      if (isOneThatCounts()) {
        try (FileChannel journal =
            FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
          lock(journal, true);
          Optional<byte[]> before = interrupted(opened, journal);
          if (before.isPresent()) {
            WholeFile.write(opened, 0, before.get());
            opened.force(true);
          }
          Files.deleteIfExists(file);
        }
      } else {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // the change has ended
    } finally {
      claim.close();
    }
  }

  /**
   * Returns the old header, if a change of it was interrupted and the file has neither of the two.
   */
  Optional<byte[]> interrupted(FileChannel opened) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    FileClaim claim = claim();
    try {
      if (!isOneThatCounts()) {
        return Optional.empty();
      }
      try (FileChannel journal =
          FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        return interrupted(opened, journal);
      }
    } catch (NoSuchFileException e) {
      return Optional.empty(); // the change has ended
    } finally {
      claim.close();
    }
  }

  private Optional<byte[]> interrupted(FileChannel opened, FileChannel journal) throws IOException {
    byte[] content = read(journal);
    int length = (content.length - MAGIC.length - DIGEST) / 2;
    if (length < Header.BLOCK) {
      return Optional.empty();
    }
    byte[] before = Arrays.copyOfRange(content, MAGIC.length, MAGIC.length + length);
    byte[] after = Arrays.copyOfRange(content, MAGIC.length + length, MAGIC.length + 2 * length);
    if (!Arrays.equals(content, content(before, after))) {
      return Optional.empty(); // it was not complete, so the object was not touched
    }
    Optional<byte[]> found = WholeFile.read(opened, 0, length);
    boolean torn =
        found.isPresent()
            && areAlike(before, after)
            && !Arrays.equals(found.get(), before)
            && !Arrays.equals(found.get(), after)
            && isOfBoth(found.get(), before, after);
    return torn ? Optional.of(before) : Optional.empty();
  }

  /** Returns what is in it; nothing if it is longer than any. */
  private static byte[] read(FileChannel journal) throws IOException {
    long size = journal.size();
    return size > MAX_BYTES
        ? new byte[0]
        : WholeFile.read(journal, 0, (int) size).orElse(new byte[0]);
  }

  /** Returns whether it is a file, made by somebody who may. A pipe would be waited for. */
  private boolean isOneThatCounts() throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return found.isRegularFile() && found.size() <= MAX_BYTES && isOfOneWhoMay();
  }

  /**
   * Returns whether it was made by somebody who may put another file in the place of the object.
   */
  private boolean isOfOneWhoMay() throws IOException {
    Path folder = file.getParent();
    boolean hasModes = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    if (!hasModes || ((int) Files.getAttribute(folder, "unix:mode") & STICKY) == 0) {
      return true;
    }
    UserPrincipal maker = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
    return maker.equals(Files.getOwner(object)) || maker.equals(Files.getOwner(folder));
  }

  /**
   * Returns whether both are whole headers of this length, one of which a rewrap can make of the
   * other. A header whose bytes are each from one of them then has the same length and mode.
   */
  private static boolean areAlike(byte[] before, byte[] after) {
    try {
      return Header.parse(before).dataKeys() == Header.parse(after).dataKeys();
    } catch (MalformedHeaderException e) {
      return false;
    }
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
    MessageDigest sha256 = Digests.local("SHA-256");
    sha256.update(content.array(), 0, content.position());
    return content.put(sha256.digest()).array();
  }
}
