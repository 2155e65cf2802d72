package dev.keyhold.cli.keys;

import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.ManagedBackend;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code keys restore-alias}. */
@Command(
    name = "restore-alias",
    description = {
      "Gives a key the alias again that was taken off it.",
      "keytool -delete and -changealias take one off, for example. It makes no key, and takes no alias"
          + " off another one."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keys list                          (those without an alias come last)",
      "  keyhold keys restore-alias orders          the key that was orders, if there is one",
      "  keyhold keys restore-alias orders URI      this key"
    })
public final class KeysRestoreAliasCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  @Parameters(index = "0", paramLabel = "ALIAS", description = "The alias.")
  private String alias;

  @Parameters(
      index = "1",
      paramLabel = "URI",
      arity = "0..1",
      description = "The key, as keyhold keys list or the log shows it.")
  private String uri;

  public KeysRestoreAliasCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      if (session
          .admin()
          .policy(alias)
          .soleKey()
          .filter(key -> key.key().equals(alias))
          .isEmpty()) {
        throw new BackendException(
            Reason.DENIED,
            "the configuration says which key the alias %s means (key.%s); change that line instead"
                .formatted(alias, alias));
      }
      KeyAddress place = session.locate(alias).address();
      ManagedBackend backend = session.admin().backend(place.backend());
      ManagedKey key = uri == null ? former(backend) : named(backend);
      KeyView view = KeyView.of(session.entry(alias, place, key.rename(alias)));
      context.out().println(json.isSet() ? JsonOption.write(view) : view.details());
      return ExitCode.OK;
    }
  }

  /** Returns the key with the URI that was given, by its present name if it has one. */
  private ManagedKey named(ManagedBackend backend) throws BackendException {
    KeyUri parsed;
    try {
      parsed = KeyUri.parse(uri);
    } catch (IllegalArgumentException e) {
      throw new BackendException(Reason.NOT_FOUND, "'" + uri + "' is no URI of a key", e);
    }
    return backend
        .key(parsed)
        .orElseThrow(
            () ->
                new BackendException(
                    Reason.NOT_FOUND,
                    "%s is not at backend %s, where the configuration routes the alias %s"
                        .formatted(uri, backend.name(), alias)));
  }

  /** Returns the only key without a name that is known to have had the alias. */
  private ManagedKey former(ManagedBackend backend) throws BackendException {
    List<KeyMetadata> keys = formerly(backend.list(), alias);
    if (keys.size() != 1) {
      throw new BackendException(
          Reason.NOT_FOUND,
          keys.isEmpty()
              ? "backend %s has no key without a name that is known to have been %s; keyhold keys list shows them all: name the right one by its URI"
                  .formatted(backend.name(), alias)
              : "several keys of backend %s were %s: name the right one by its URI: %s"
                  .formatted(
                      backend.name(),
                      alias,
                      String.join(", ", keys.stream().map(key -> key.uri().toString()).toList())));
    }
    return backend.key(keys.get(0).uri()).orElseThrow();
  }

  /** Returns those without a name that had this one. */
  public static List<KeyMetadata> formerly(List<KeyMetadata> keys, String name) {
    return keys.stream()
        .filter(key -> !ManagedKey.hasName(key))
        .filter(key -> name.equals(key.attributes().labels().get(KeyAttributes.FORMER_NAME)))
        .toList();
  }
}
