package dev.keyhold.cli.command;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.Combinator;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Shape;
import java.util.List;

/**
 * An alias that means one key alone. Commands that manage keys take such a one, also for a key of
 * an any-of or all-of.
 *
 * @param name the alias
 * @param line what the configuration is to say of it; empty if it says so already
 */
public record OwnAlias(String name, String line) {
  /** The alias itself if the key is its only one, else one that is there, else a new one. */
  public static OwnAlias of(KeyRouter router, String alias, KeyRef key) throws BackendException {
    List<KeyRef> keys = router.policy(alias).protectWith().keys();
    if (means(router, alias, key)) {
      return new OwnAlias(alias, "");
    }
    for (String other : router.exactAliases()) {
      if (means(router, other, key)) {
        return new OwnAlias(other, "");
      }
    }
    String name = alias + "-" + key.backend();
    boolean same = keys.stream().filter(k -> k.backend().equals(key.backend())).count() > 1;
    if (same || router.exactAliases().contains(name)) {
      name += "-" + key.key();
    }
    String written = name.contains(".") ? "\"" + name + "\"" : name;
    return new OwnAlias(name, "key.%s = %s".formatted(written, key));
  }

  private static boolean means(KeyRouter router, String alias, KeyRef key) throws BackendException {
    Shape shape = router.policy(alias).protectWith();
    return shape.combinator() == Combinator.SINGLE && shape.keys().contains(key);
  }

  /** What is to be done to run a command of {@code keyhold keys} on the key. */
  public String todo(String command) {
    String run = "keyhold keys " + command + " " + name;
    return line.isEmpty() ? run : "add " + line + ", then " + run;
  }
}
