package dev.keyhold.platform;

import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths from text, in every locale. In the POSIX locale {@link Path#of} refuses what is not ASCII;
 * on Unix such paths are made from UTF-8 bytes here. Nothing is normalized: {@code ..} after a
 * symbolic link leads where the operating system leads. Stateless.
 */
public final class FileNames {
  private FileNames() {}

  /**
   * Returns a path.
   *
   * @throws InvalidPathException if it is none, or the locale damaged the text
   */
  public static Path path(String text) {
    requireWhole(text);
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return fromBytes(text, e);
    }
  }

  /**
   * Returns a path that is relative to a folder, or absolute.
   *
   * @throws InvalidPathException as {@link #path}
   */
  public static Path resolve(Path folder, String text) {
    requireWhole(text);
    try {
      return folder.resolve(text);
    } catch (InvalidPathException e) {
      return text.startsWith("/") ? fromBytes(text, e) : fromBytes(folder, text, e);
    }
  }

  /**
   * Returns the path of a text that may also be a {@code file:} URI with three slashes, which has
   * no characters that another syntax gives a meaning, as java.security does to <code>${</code>.
   *
   * @throws InvalidPathException as {@link #path}
   */
  public static Path pathOrUri(String text) {
    if (!text.startsWith("file:///")) {
      return path(text);
    }
    try {
      return Path.of(URI.create(text));
    } catch (IllegalArgumentException e) {
      throw new InvalidPathException(text, "not a file: URI: " + e.getMessage());
    }
  }

  private static void requireWhole(String text) {
    if (ProcessText.isDamaged(text)) {
      throw new InvalidPathException(text, "the path " + ProcessText.damage());
    }
  }

  private static Path fromBytes(String text, InvalidPathException refused) {
    if (text.startsWith("/")) {
      return fromBytes("", text, refused);
    }
    return fromBytes(Path.of("").toAbsolutePath(), text, refused);
  }

  private static Path fromBytes(Path folder, String text, InvalidPathException refused) {
    return fromBytes(folder.toUri().getRawPath(), "/" + text, refused);
  }

  /** Returns a path with the bytes of a URI, whatever the locale is. */
  private static Path fromBytes(String encoded, String text, InvalidPathException refused) {
    if (File.separatorChar != '/' || text.indexOf('\0') >= 0) {
      throw refused;
    }
    StringBuilder path = new StringBuilder(encoded);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '/';
      if (plain) {
        path.append((char) b);
      } else {
        path.append('%').append(Character.forDigit((b >> 4) & 0xf, 16));
        path.append(Character.forDigit(b & 0xf, 16));
      }
    }
    return Path.of(URI.create("file://" + path.toString().replaceAll("/+", "/")));
  }
}
