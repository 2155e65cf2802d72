package dev.keyhold.cli.object;

import dev.keyhold.KeyholdRewrap;
import dev.keyhold.admin.ObjectInfo;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Progress;
import dev.keyhold.cli.command.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** One run of {@code rewrap} over files and folders. */
final class RewrapRun {
  private static final byte[] MAGIC = "KHLD".getBytes(StandardCharsets.US_ASCII);

  private final Context context;
  private final KeyholdRewrap rewrap;
  private final boolean dryRun;
  private int rewrapped;
  private int current;
  private int otherFiles;
  private final Set<Path> withoutObject = new LinkedHashSet<>();
  private final List<Failure> skipped = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();
  private int exitCode = ExitCode.OK;

  /** An object that stays as it was. */
  record Failure(String file, String reason) {}

  /**
   * The result of the whole run; the names of the components are those of the JSON.
   *
   * @param rewrapped in a dry run: how many would be
   * @param otherFiles files of folders that do not begin as an object does
   * @param withoutObject the files and folders that were named and in which none was found
   * @param skipped what was not looked at: links in folders that lead out of them, special files
   */
  record Summary(
      boolean dryRun,
      int rewrapped,
      int current,
      int otherFiles,
      List<String> withoutObject,
      List<Failure> skipped,
      List<Failure> failed,
      int exitCode) {
    String text() {
      StringBuilder line = new StringBuilder();
      line.append(dryRun ? "would rewrap " + rewrapped : "rewrapped " + rewrapped);
      line.append(", already current ").append(current);
      if (otherFiles > 0) {
        line.append(", no objects ").append(otherFiles);
      }
      if (!skipped.isEmpty()) {
        line.append(", skipped ").append(skipped.size());
      }
      return line.append(", failed ").append(failed.size()).toString();
    }
  }

  private record Target(Path file, long size, boolean named, Path root) {}

  RewrapRun(Context context, KeyholdRewrap rewrap, boolean dryRun) {
    this.context = context;
    this.rewrap = rewrap;
    this.dryRun = dryRun;
  }

  /** Goes through all of them; a failure is told at once, and does not end the run. */
  Summary over(List<Path> paths) throws IOException {
    withoutObject.addAll(paths);
    boolean shown = context.terminal().showsErrors();
    long total = 0;
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new NoSuchFileException(path.toString());
      }
      total += shown ? size(path) : 0;
    }
    Progress.Mode mode = shown ? Progress.Mode.LONG_WORK : Progress.Mode.HIDDEN;
    try (Progress progress =
        new Progress(context.err(), mode, dryRun ? "checking" : "rewrapping", total)) {
      for (Path path : paths) {
        rewrapAll(path, progress);
      }
      progress.end();
    }
    if (!withoutObject.isEmpty()) { // perhaps a file system that is not mounted
      exitCode = exitCode == ExitCode.OK ? ExitCode.FAILED : exitCode;
      context
          .err()
          .println(
              "keyhold: "
                  + Text.printable(
                      "no object was found in "
                          + String.join(", ", withoutObject.stream().map(Path::toString).toList())
                          + ": nothing was done there"));
    }
    return new Summary(
        dryRun,
        rewrapped,
        current,
        otherFiles,
        withoutObject.stream().map(Path::toString).toList(),
        List.copyOf(skipped),
        List.copyOf(failures),
        exitCode);
  }

  /** Returns about how many bytes a run over a path looks at. */
  private static long size(Path path) throws IOException {
    AtomicLong size = new AtomicLong();
    Files.walkFileTree(
        path.toRealPath(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !ObjectInfo.isLeftOver(found)) {
              size.addAndGet(attributes.size());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path found, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path found, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return size.get();
  }

  private void rewrapAll(Path path, Progress progress) throws IOException {
    if (!Files.isDirectory(path)) {
      rewrap(new Target(path, Files.size(path), true, path), progress);
      return;
    }
    Path folder = path.toRealPath(); // a link that was named is followed
    Files.walkFileTree(folder, new FolderVisitor(path, folder, progress));
  }

  /**
   * Rewraps the files of each folder after its listing has ended, since a rewrap creates and
   * renames files there. So only the names of one folder are in memory at a time.
   */
  private final class FolderVisitor extends SimpleFileVisitor<Path> {
    private final Path named;
    private final Path folder;
    private final Progress progress;

    /** The files of each folder whose listing has not ended, the innermost first. */
    private final Deque<List<Target>> files = new ArrayDeque<>();

    FolderVisitor(Path named, Path folder, Progress progress) {
      this.named = named;
      this.folder = folder;
      this.progress = progress;
    }

    private Path shown(Path found) {
      return named.resolve(folder.relativize(found));
    }

    @Override
    public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
      files.push(new ArrayList<>());
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) {
      if (ObjectInfo.isLeftOver(found)) {
        return FileVisitResult.CONTINUE; // of a process that was killed
      }
      if (attributes.isRegularFile()) {
        files.element().add(new Target(shown(found), attributes.size(), false, named));
      } else {
        skip(shown(found), found, folder, attributes);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path found, IOException e) {
      withoutObject.remove(named); // it is reported as a failure
      fails(shown(found), e);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path found, IOException e) {
      for (Target target : files.pop()) {
        rewrap(target, progress);
      }
      if (e != null) {
        visitFileFailed(found, e);
      }
      return FileVisitResult.CONTINUE;
    }
  }

  /** Notes what is not looked at, unless it leads to what is looked at anyway. */
  private void skip(Path file, Path found, Path folder, BasicFileAttributes attributes) {
    String reason = "it is no regular file";
    if (attributes.isSymbolicLink()) {
      try {
        Path target = found.toRealPath();
        if (target.startsWith(folder)) {
          return;
        }
        reason = "it is a symbolic link to " + target + ": name that to have it rewrapped";
      } catch (IOException e) {
        reason = "it is a symbolic link that leads nowhere";
      }
    }
    skipped.add(new Failure(file.toString(), reason));
    context.err().println("keyhold: " + Text.printable("skipped " + file + ": " + reason));
  }

  private void rewrap(Target target, Progress progress) {
    try {
      if (!target.named() && !beginsAsObject(target.file())) {
        otherFiles++;
        return;
      }
      withoutObject.remove(target.root());
      KeyholdRewrap.Outcome outcome =
          dryRun ? rewrap.check(target.file()) : rewrap.file(target.file());
      switch (outcome) {
        case REWRAPPED -> rewrapped++;
        case CURRENT -> current++;
      }
    } catch (IOException e) {
      withoutObject.remove(target.root());
      fails(target.file(), e);
    } finally {
      progress.advance(target.size());
    }
  }

  private void fails(Path file, IOException e) {
    exitCode = exitCode == ExitCode.OK ? ExitCode.of(e) : exitCode;
    String reason = reason(file, e);
    failures.add(new Failure(file.toString(), reason));
    context.err().println("keyhold: " + Text.printable(file + ": " + reason));
  }

  /**
   * Returns the reason of a failure. In the command line, --verbose shows what an application finds
   * in the log.
   */
  private String reason(Path file, IOException failure) {
    return withoutName(file, failure)
        .replace(
            "; the log of dev.keyhold.envelope says which",
            context.verbose() ? "" : " (--verbose says which)");
  }

  /** Returns the reason without the file's name, which precedes it already. */
  private static String withoutName(Path file, IOException failure) {
    if (failure instanceof FileSystemException system) {
      if (system.getReason() != null) {
        return system.getReason();
      }
      return failure instanceof AccessDeniedException
          ? "it may not be read or written by this user"
          : failure instanceof NoSuchFileException ? "it does not exist" : system.toString();
    }
    String message = String.valueOf(failure.getMessage());
    String name = file + " ";
    return message.startsWith(name) ? message.substring(name.length()) : message;
  }

  private static boolean beginsAsObject(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(MAGIC, in.readNBytes(MAGIC.length));
    }
  }
}
