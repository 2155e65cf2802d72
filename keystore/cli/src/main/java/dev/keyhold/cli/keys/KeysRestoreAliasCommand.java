package dev.keyhold.cli.keys;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Session;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.jca.keystore.BackendKeys;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.object.Combinator;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
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
      KeyRouter router = session.router();
      Policy policy = router.policy(alias);
      if (policy.protectWith().combinator() != Combinator.SINGLE
          || !policy.soleKey().key().equals(alias)) {
        throw new BackendException(
            Reason.DENIED,
            "the configuration says which key the alias %s means (key.%s); change that line instead"
                .formatted(alias, alias));
      }
      KeyRef place = session.locate(alias);
      KeyRef key = uri == null ? former(router, place) : named(router, place);
      KeyMetadata restored = router.administration().rename(key, alias);
      KeyView view = KeyView.of(session.entry(alias, place, restored));
      context.out().println(json.isSet() ? JsonOption.write(view) : view.details());
      return ExitCode.OK;
    }
  }

  /** The key with the URI that was given, by its present name if it has one. */
  private KeyRef named(KeyRouter router, KeyRef place) throws BackendException {
    String name;
    try {
      name = router.facts().nameOf(place.backend(), KeyUri.parse(uri)).orElse(null);
    } catch (IllegalArgumentException e) {
      throw new BackendException(Reason.NOT_FOUND, "'" + uri + "' is no URI of a key", e);
    }
    if (name == null) {
      throw new BackendException(
          Reason.NOT_FOUND,
          "%s is not at backend %s, where the configuration routes the alias %s"
              .formatted(uri, place.backend(), alias));
    }
    return new KeyRef(place.backend(), name);
  }

  /** The only key without a name that is known to have had the alias. */
  private KeyRef former(KeyRouter router, KeyRef place) throws BackendException {
    List<KeyMetadata> keys = formerly(router.list(place.backend()), alias);
    if (keys.size() != 1) {
      throw new BackendException(
          Reason.NOT_FOUND,
          keys.isEmpty()
              ? "backend %s has no key without a name that is known to have been %s; keyhold keys list shows them all: name the right one by its URI"
                  .formatted(place.backend(), alias)
              : "several keys of backend %s were %s: name the right one by its URI: %s"
                  .formatted(
                      place.backend(),
                      alias,
                      String.join(", ", keys.stream().map(key -> key.uri().toString()).toList())));
    }
    String name = router.facts().nameOf(place.backend(), keys.get(0).uri()).orElseThrow();
    return new KeyRef(place.backend(), name);
  }

  /** Those without a name that had this one. */
  public static List<KeyMetadata> formerly(List<KeyMetadata> keys, String name) {
    return keys.stream()
        .filter(key -> !BackendKeys.hasName(key))
        .filter(key -> name.equals(key.attributes().labels().get(KeyAttributes.FORMER_NAME)))
        .toList();
  }
}
