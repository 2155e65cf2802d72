package dev.keyhold.cli.command;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.admin.KeySet.Rule;
import dev.keyhold.keystore.BackendException;
import java.util.List;

/**
 * An alias of exactly one key. Commands that manage keys take such an alias, also for a key of an
 * any-of or all-of.
 *
 * @param name the alias
 * @param line what the configuration is to say of it; empty if it says so already
 */
public record OwnAlias(String name, String line) {
  /**
   * Returns the alias itself if the key is its only one, else an existing alias of the key alone,
   * else a new one.
   */
  public static OwnAlias of(Administration admin, String alias, KeyAddress key)
      throws BackendException {
    List<KeyAddress> keys = admin.policy(alias).protectWith().keys();
    if (means(admin, alias, key)) {
      return new OwnAlias(alias, "");
    }
    for (String other : admin.exactAliases()) {
      if (means(admin, other, key)) {
        return new OwnAlias(other, "");
      }
    }
    String name = alias + "-" + key.backend();
    boolean same = keys.stream().filter(k -> k.backend().equals(key.backend())).count() > 1;
    if (same || admin.exactAliases().contains(name)) {
      name += "-" + key.key();
    }
    String written = name.contains(".") ? "\"" + name + "\"" : name;
    return new OwnAlias(name, "key.%s = %s".formatted(written, key));
  }

  private static boolean means(Administration admin, String alias, KeyAddress key)
      throws BackendException {
    KeySet shape = admin.policy(alias).protectWith();
    return shape.rule() == Rule.SINGLE && shape.keys().contains(key);
  }

  /** Returns what is to be done to run a command of {@code keyhold keys} on the key. */
  public String todo(String command) {
    String run = "keyhold keys " + command + " " + name;
    return line.isEmpty() ? run : "add " + line + ", then " + run;
  }
}
