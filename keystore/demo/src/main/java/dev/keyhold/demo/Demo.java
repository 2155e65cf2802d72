package dev.keyhold.demo;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Progress;
import dev.keyhold.cli.command.SecretFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code make demo}: prepares a place to try Keyhold in, runs {@link DemoLesson} there, cleans up.
 */
@Command(
    name = "demo",
    description = {
      "Shows the main job at work, step by step, in a temporary folder: a key, a real file of 100 MB"
          + " or more encrypted by plain JDK calls, an altered object refused, a rotation."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  make demo                    keys in an encrypted key file",
      "  make demo BACKEND=pkcs11     keys in a SoftHSM2 token",
      "  make demo BACKEND=aws-kms    keys in the AWS KMS emulator moto"
    })
public final class Demo implements Callable<Integer> {
  private static final String CONFIGURATION = "demo.properties";

  private final Context context;

  /** The kind of backend that keeps the keys of the lesson. */
  enum Kind {
    SOFTWARE,
    PKCS11,
    AWS_KMS,
    GOOGLE_KMS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Option(
      names = "--backend",
      paramLabel = "TYPE",
      defaultValue = "software",
      description = "software (the default), pkcs11, aws-kms or google-kms.")
  private Kind kind;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description =
          "Where a fake of the service answers, for google-kms (make demo BACKEND=google-kms starts"
              + " one).")
  private String endpoint;

  /** Set for the process that a {@link SoftHsmToken} was prepared for. */
  @Option(names = "--folder", hidden = true)
  private Path prepared;

  Demo(Context context) {
    this.context = context;
  }

  /** Runs the demo and exits with its code. */
  public static void main(String[] arguments) {
    Context context = Context.ofProcess();
    System.exit(context.prepare(new CommandLine(new Demo(context))).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (prepared != null) {
      return teach(
          prepared,
          kind == Kind.PKCS11
              ? SoftHsmToken.configuration()
              : Files.readString(prepared.resolve(CONFIGURATION)));
    }
    try (DemoFolder folder = DemoFolder.create()) {
      return switch (kind) {
        case SOFTWARE -> teach(folder.path(), softwareConfiguration(folder));
        case PKCS11 -> inTokenOf(folder);
        case AWS_KMS -> inEmulator(folder);
        case GOOGLE_KMS -> teach(folder.path(), googleConfiguration());
      };
    }
  }

  private String googleConfiguration() throws CommandFailure {
    if (endpoint == null) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "the demo with google-kms needs a fake of the service: make demo BACKEND=google-kms");
    }
    return """
        backend.demo.type     = google-kms
        backend.demo.key-ring = projects/test/locations/local/keyRings/keyhold
        backend.demo.endpoint = %s
        key.*                 = demo
        """
        .formatted(endpoint);
  }

  private static String softwareConfiguration(DemoFolder folder) throws IOException {
    folder.writeSecret("password.txt", SecretFile.randomSecret());
    return """
        backend.demo.type     = software
        backend.demo.file     = keys.keyhold
        backend.demo.password = file:password.txt
        key.*                 = demo
        """;
  }

  /**
   * Runs the lesson in a process of its own, since SoftHSM2 reads its environment when it is
   * loaded.
   */
  private int inTokenOf(DemoFolder folder)
      throws CommandFailure, IOException, InterruptedException {
    SoftHsmToken.prepare(folder);
    ProcessBuilder lesson =
        OwnProcess.of(Demo.class, "--backend", "pkcs11", "--folder", folder.path().toString());
    lesson.environment().put("SOFTHSM2_CONF", SoftHsmToken.settings(folder.path()).toString());
    return lesson.inheritIO().start().waitFor();
  }

  /**
   * Runs the lesson in a process of its own, since the SDK finds its credentials in the
   * environment.
   */
  private static int inEmulator(DemoFolder folder)
      throws CommandFailure, IOException, InterruptedException {
    try (MotoServer server = MotoServer.start()) {
      Files.writeString(folder.path().resolve(CONFIGURATION), server.configuration());
      ProcessBuilder lesson =
          OwnProcess.of(Demo.class, "--backend", "aws-kms", "--folder", folder.path().toString());
      lesson.environment().putAll(MotoServer.credentials());
      return lesson.inheritIO().start().waitFor();
    }
  }

  private int teach(Path folder, String configuration) throws Exception {
    PrintStream out = context.out();
    Progress.Mode bars =
        context.terminal().showsOutput() ? Progress.Mode.LIVE : Progress.Mode.AT_END;
    new DemoLesson(folder, configuration, out, bars).teach();
    return ExitCode.OK;
  }
}
