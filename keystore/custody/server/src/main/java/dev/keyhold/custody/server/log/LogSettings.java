package dev.keyhold.custody.server.log;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a log is and how large it may become.
 *
 * @param origin its name
 * @param folder where it is, absolute
 * @param mirror another folder, on another disk or host, that gets each checkpoint
 * @param newMirror whether a mirror without a checkpoint is taken for a new one
 * @param reserve how many bytes of the disk stay free of uses
 * @param maxSize how many bytes its segments may have
 */
public record LogSettings(
    String origin,
    Path folder,
    Optional<Path> mirror,
    boolean newMirror,
    long reserve,
    long maxSize) {
  /** The bytes that stay free of uses where nothing is configured. */
  public static final long DEFAULT_RESERVE = 256L << 20;

  /** The bytes of the segments where nothing is configured. */
  public static final long DEFAULT_MAX_SIZE = 64L << 30;

  /** Returns the settings of a log without a mirror, with the sizes that are not configured. */
  public static LogSettings of(String origin, Path folder) {
    return new LogSettings(
        origin,
        folder.toAbsolutePath(),
        Optional.empty(),
        false,
        DEFAULT_RESERVE,
        DEFAULT_MAX_SIZE);
  }

  /** Returns these settings with a mirror. */
  public LogSettings withMirror(Path path, boolean isNew) {
    return new LogSettings(
        origin, folder, Optional.of(path.toAbsolutePath()), isNew, reserve, maxSize);
  }

  /** Returns these settings with other sizes. */
  public LogSettings withSizes(long reserved, long most) {
    return new LogSettings(origin, folder, mirror, newMirror, reserved, most);
  }
}
