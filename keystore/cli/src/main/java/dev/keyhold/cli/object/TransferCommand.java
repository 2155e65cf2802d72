package dev.keyhold.cli.object;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.admin.HostText;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.FileOutput;
import dev.keyhold.cli.command.Output;
import dev.keyhold.cli.command.Progress;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.kit.FileInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.Key;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.crypto.AEADBadTagException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The common base of {@code encrypt} and {@code decrypt}: everything but the direction. */
abstract class TransferCommand implements Callable<Integer> {
  private static final String STANDARD = "-";
  private static final int PIECE = 64 * 1024;
  private static final int MAX_AAD = 64 << 20;

  /** The smallest file, in bytes, for which several threads are started. */
  private static final long LARGE = 16 << 20;

  private final Context context;
  private final String activity;

  @Spec private CommandSpec command;

  @Option(names = "--key", paramLabel = "ALIAS", required = true, description = "The key's alias.")
  private String alias;

  @Parameters(index = "0", paramLabel = "IN", description = "What to read; - is standard input.")
  private String from;

  @Parameters(index = "1", paramLabel = "OUT", description = "What to write; - is standard output.")
  private String to;

  @ArgGroup private Aad aad;

  @Option(
      names = "--iv-hex",
      paramLabel = "HEX",
      description = "The IV, for objects of a Cipher with a GCMParameterSpec.")
  private String ivHex;

  @Mixin private AccessOptions access;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads for a large object. Default: as many as processors for a file of 16 MiB or more,"
              + " else 1.")
  private Integer threads;

  @Option(names = "--force", description = "Replace OUT if it exists.")
  private boolean force;

  @Option(
      names = "--progress",
      description = "Show progress even on short work or without a terminal.")
  private boolean progressForced;

  /** Additional authenticated data: what the object is bound to beside its key; not secret. */
  private static final class Aad {
    @Option(names = "--aad", paramLabel = "TEXT", description = "AAD: a text, taken as UTF-8.")
    private String text;

    @Option(names = "--aad-file", paramLabel = "FILE", description = "AAD: the bytes of a file.")
    private Path file;

    private byte[] bytes() throws IOException, CommandFailure {
      if (file == null) {
        return text.getBytes(StandardCharsets.UTF_8);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(MAX_AAD + 1);
        if (bytes.length > MAX_AAD) {
          throw new CommandFailure(
              ExitCode.USAGE,
              "--aad-file %s has more than %s MiB, the most that AAD is read of"
                  .formatted(file, MAX_AAD >> 20));
        }
        return bytes;
      }
    }
  }

  /**
   * Creates a command for one direction.
   *
   * @param activity what the progress bar says, such as {@code encrypting}
   */
  TransferCommand(Context context, String activity) {
    this.context = context;
    this.activity = activity;
  }

  /** Reads all of the one stream and writes what becomes of it to the other; closes neither. */
  abstract void transfer(InputStream in, OutputStream out, Key key, KeyholdParameterSpec parameters)
      throws IOException, InvalidKeyException;

  @Override
  public Integer call() throws CommandFailure, BackendException, InvalidKeyException, IOException {
    KeyholdParameterSpec parameters = parameters();
    try (Session session = Session.open(context);
        InputStream in = input();
        Output out = output(session);
        Progress progress = progress()) {
      Beginning piped = new Beginning(counted(in, progress));
      // a file itself, so that a header that is rewrapped meanwhile is read once more
      InputStream object = in instanceof InputFile ? in : piped;
      try {
        transfer(object, out.stream(), session.handle(alias), parameters);
      } catch (IOException e) {
        if (e.getCause() instanceof AEADBadTagException) {
          byte[] start = in instanceof InputFile file ? file.beginning() : piped.bytes();
          throw notOpened(e, HeaderMismatch.of(session.admin(), alias, start));
        }
        throw e;
      }
      out.commit();
      progress.end();
    }
    return ExitCode.OK;
  }

  private CommandFailure notOpened(IOException e, Optional<String> mismatch) {
    String why =
        mismatch.orElse(
            "it was altered or cut short, or is for another key, tenant (--tenant), AAD (--aad,"
                + " --aad-file) or IV (--iv-hex: an object of a Cipher has one)"
                + (context.verbose() ? "" : "; --verbose says which"));
    return new CommandFailure(
        ExitCode.FAILED, "%s does not open with key %s: %s".formatted(from, alias, why), e);
  }

  private KeyholdParameterSpec parameters() throws IOException, CommandFailure {
    KeyholdParameterSpec parameters = KeyholdParameterSpec.NONE;
    if (aad != null) {
      parameters = parameters.withAad(aad.bytes());
    }
    if (ivHex != null) {
      try {
        parameters = parameters.withIv(HexFormat.of().parseHex(ivHex));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            command.commandLine(), "--iv-hex takes pairs of hexadecimal digits", e);
      }
    }
    return access.of(parameters.withThreads(threads()));
  }

  private int threads() throws IOException {
    if (threads != null && threads < 1) {
      throw new ParameterException(command.commandLine(), "--threads takes 1 or more");
    }
    if (threads != null) {
      return threads;
    }
    return isFile() && Files.size(HostText.path(from)) >= LARGE
        ? Runtime.getRuntime().availableProcessors()
        : 1;
  }

  /** Returns whether it reads a file, whose length is known, and not a pipe or a device. */
  private boolean isFile() {
    return !from.equals(STANDARD) && Files.isRegularFile(HostText.path(from));
  }

  private InputStream input() throws IOException, CommandFailure {
    if (from.equals(STANDARD)) {
      return context.in();
    }
    if (Files.isDirectory(HostText.path(from))) {
      throw new CommandFailure(ExitCode.FAILED, from + " is a folder; it takes a file");
    }
    return new InputFile(HostText.path(from));
  }

  /** A file whose reading is shown. */
  private static final class InputFile extends FileInput {
    private final Path path;
    private Progress progress;

    InputFile(Path file) throws IOException {
      super(file);
      path = file;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      progress.advance(Math.max(count, 0));
      return count;
    }

    /** Returns the first bytes, as many as a header can have. */
    private byte[] beginning() throws IOException {
      try (InputStream again = Files.newInputStream(path)) {
        return again.readNBytes(Beginning.MAX_HEADER);
      }
    }
  }

  /** Returns whether what is written is for no reader's eyes. */
  abstract boolean writesObjects();

  private Output output(Session session) throws IOException, CommandFailure, BackendException {
    if (to.equals(STANDARD) && writesObjects() && !force && context.terminal().showsOutput()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "an object is not text, and standard output is a terminal: name a file, or add a pipe or"
              + " > FILE (--force writes it there)");
    }
    return to.equals(STANDARD)
        ? new StreamOutput(context.out())
        : FileOutput.create(session, HostText.path(to), force);
  }

  private Progress progress() throws IOException {
    long length = isFile() ? Files.size(HostText.path(from)) : Progress.UNKNOWN;
    return new Progress(context.err(), progressMode(), activity, length);
  }

  private Progress.Mode progressMode() {
    if (progressForced) {
      return Progress.Mode.LIVE;
    }
    return context.terminal().showsErrors() ? Progress.Mode.LONG_WORK : Progress.Mode.HIDDEN;
  }

  /** Copies until the end, leaving no plaintext in its buffer. */
  static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[PIECE];
    try {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        out.write(buffer, 0, length);
      }
    } finally {
      Arrays.fill(buffer, (byte) 0);
    }
  }

  private static InputStream counted(InputStream in, Progress progress) {
    if (in instanceof InputFile file) {
      file.progress = progress;
      return file;
    }
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int value = super.read();
        progress.advance(value < 0 ? 0 : 1);
        return value;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        progress.advance(Math.max(count, 0));
        return count;
      }
    };
  }
}
