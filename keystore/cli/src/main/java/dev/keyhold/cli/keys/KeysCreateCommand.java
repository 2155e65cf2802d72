package dev.keyhold.cli.keys;

import dev.keyhold.admin.ManagedBackend;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code keys create}. */
@Command(
    name = "create",
    description = "Makes a key at the backend to which the configuration routes its alias.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keys create orders                          a KEK, AES-256",
      "  keyhold keys create tokens --algorithm HmacSHA512   a key for Mac",
      "  keyhold keys create web --algorithm EC --size 384   a key pair that signs",
      "  keyhold keys create inbox --algorithm RSA --purpose decrypt",
      "  keyhold keys create vault --purpose key-wrap        AES that wraps other keys"
    })
public final class KeysCreateCommand implements Callable<Integer> {
  /** Each with what it is when no size is given. */
  private static final List<KeySpec> ALGORITHMS =
      Stream.concat(
              Stream.of(
                  KeySpec.AES_256,
                  KeySpec.hmac("HmacSHA256"),
                  KeySpec.hmac("HmacSHA384"),
                  KeySpec.hmac("HmacSHA512"),
                  KeySpec.rsa(3072),
                  KeySpec.ec(256)),
              KeySpec.KEY_PAIRS.stream().filter(KeysCreateCommand::hasOneSize))
          .toList();

  private static boolean hasOneSize(KeySpec spec) {
    return !Set.of("RSA", "EC").contains(spec.algorithm());
  }

  /** The values of {@code --algorithm}. */
  static final class AlgorithmNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ALGORITHMS.stream().map(KeySpec::algorithm).iterator();
    }
  }

  private final Context context;
  @Mixin private JsonOption json;
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "ALIAS", description = "The alias of the new key.")
  private String alias;

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      defaultValue = "AES",
      completionCandidates = AlgorithmNames.class,
      description = "${COMPLETION-CANDIDATES}; AES by default. A backend may lack some.")
  private String algorithm;

  @Option(
      names = "--size",
      paramLabel = "BITS",
      description = "Else 256 for AES and EC, 3072 for RSA, the length of its output for an HMAC.")
  private Integer bits;

  @Option(
      names = "--purpose",
      converter = PurposeWord.class,
      paramLabel = "PURPOSE",
      description =
          "encrypt, mac, sign, decrypt, agree, decapsulate or key-wrap; else what the algorithm is for: encrypt for"
              + " AES, sign for RSA and EC.")
  private Purpose purpose;

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description = "What the backend is to keep with the key, where it can; AWS calls it a tag.")
  private Map<String, String> labels = Map.of();

  /** Converts the word for a purpose, which has hyphens in the place of underscores. */
  static final class PurposeWord implements ITypeConverter<Purpose> {
    @Override
    public Purpose convert(String word) {
      try {
        return Purpose.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + word + "' is no purpose");
      }
    }
  }

  public KeysCreateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    if (alias.isEmpty()) {
      throw usage("ALIAS is empty");
    }
    KeySpec spec = spec();
    Purpose chosen = purpose != null ? purpose : spec.usualPurpose();
    try (Session session = Session.open(context)) {
      ManagedKey key = session.locate(alias);
      ManagedBackend backend = session.admin().backend(key.address().backend());
      if (!backend.purposesOf(spec).contains(chosen)) {
        throw usage(
            "backend %s (%s) holds no %s key to %s"
                .formatted(
                    backend.name(),
                    backend.type(),
                    spec,
                    chosen.name().toLowerCase(Locale.ROOT).replace('_', '-')));
      }
      KeyMetadata made = create(key, spec, chosen);
      KeyView view = KeyView.of(session.entry(alias, key.address(), made));
      context.out().println(json.isSet() ? JsonOption.write(view) : view.details());
      return ExitCode.OK;
    }
  }

  /** Creates the key; that there is one already is no matter of rights. */
  private KeyMetadata create(ManagedKey key, KeySpec spec, Purpose chosen)
      throws CommandFailure, BackendException {
    try {
      return key.create(spec, chosen, labels);
    } catch (BackendException e) {
      if (e.reason() == Reason.DENIED && key.isShown()) {
        throw new CommandFailure(ExitCode.FAILED, e.getMessage(), e);
      }
      throw e;
    }
  }

  private KeySpec spec() {
    KeySpec usual =
        ALGORITHMS.stream()
            .filter(known -> known.algorithm().equalsIgnoreCase(algorithm))
            .findFirst()
            .orElseThrow(
                () ->
                    usage(
                        "--algorithm is one of "
                            + String.join(
                                ", ", ALGORITHMS.stream().map(KeySpec::algorithm).toList())));
    if (bits != null && bits <= 0) {
      throw usage("--size is a number of bits, such as 256");
    }
    return bits == null ? usual : new KeySpec(usual.algorithm(), bits);
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
