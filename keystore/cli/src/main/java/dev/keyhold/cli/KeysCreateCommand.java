package dev.keyhold.cli;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.routing.KeyRef;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keys create}. */
@Command(
    name = "create",
    description = "Makes a key at the backend to which the configuration routes its alias.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keys create orders                          a KEK, AES-256",
      "  keyhold keys create tokens --algorithm HmacSHA512   a key for Mac"
    })
final class KeysCreateCommand implements Callable<Integer> {
  private static final List<String> ALGORITHMS =
      List.of("AES", "HmacSHA256", "HmacSHA384", "HmacSHA512");

  private final Context context;
  @Mixin private JsonOption json;
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "ALIAS", description = "The alias of the new key.")
  private String alias;

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      defaultValue = "AES",
      description = "AES (the default), HmacSHA256, HmacSHA384 or HmacSHA512.")
  private String algorithm;

  @Option(
      names = "--size",
      paramLabel = "BITS",
      description = "Else 256 for AES, the length of its output for an HMAC.")
  private Integer bits;

  @Option(
      names = "--purpose",
      paramLabel = "PURPOSE",
      description = "encrypt or mac; else what the algorithm is for.")
  private Purpose purpose;

  KeysCreateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    KeySpec spec = spec();
    Purpose chosen = purpose != null ? purpose : spec.isHmac() ? Purpose.MAC : Purpose.ENCRYPT;
    try (Session session = Session.open(context)) {
      KeyRef ref = session.locate(alias);
      if (!session.router().purposesOf(ref.backend(), spec).contains(chosen)) {
        throw usage(
            "backend %s (%s) holds no %s key to %s"
                .formatted(
                    ref.backend(),
                    session.router().type(ref.backend()),
                    spec,
                    chosen.name().toLowerCase(Locale.ROOT)));
      }
      Entry made = session.entry(alias, ref, session.router().create(ref, spec, Set.of(chosen)));
      KeyView key = KeyView.of(made);
      context.out().println(json.isSet() ? JsonOption.write(key) : key.details());
      return ExitCode.OK;
    }
  }

  private KeySpec spec() {
    String name =
        ALGORITHMS.stream()
            .filter(algorithm::equalsIgnoreCase)
            .findFirst()
            .orElseThrow(() -> usage("--algorithm is one of " + String.join(", ", ALGORITHMS)));
    if (bits != null && bits <= 0) {
      throw usage("--size is a number of bits, such as 256");
    }
    KeySpec usual = name.equals("AES") ? KeySpec.AES_256 : KeySpec.hmac(name);
    return bits == null ? usual : new KeySpec(name, bits);
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
