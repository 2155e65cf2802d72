package dev.keyhold.jca.keystore;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.policy.KeyRef;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies the changes of a live key store at its backends: checks all of them, removes names, gives
 * keys their new names, and keeps certificates. A change that was made no longer waits. For one
 * use.
 */
final class LiveChanges {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.keystore");

  private final KeyRouter router;
  private final BackendKeys keys;
  private final Map<String, LiveKeys.Waiting> waiting;
  private final Map<String, KeyUri> removed;

  /** The keys that lose their alias, and get no other. */
  private final Map<KeyRef, String> losing = new LinkedHashMap<>();

  /** The keys that get an alias, by that alias. */
  private final Map<String, KeyRef> moving = new LinkedHashMap<>();

  private final List<BackendException> problems = new ArrayList<>();
  private final List<String> applied = new ArrayList<>();

  LiveChanges(
      ProviderInstance instance, Map<String, LiveKeys.Waiting> waiting, Map<String, KeyUri> removed)
      throws BackendException {
    router = instance.router();
    keys = new BackendKeys(instance);
    this.waiting = waiting;
    this.removed = removed;
  }

  /** Returns a key, if there is one. */
  static Optional<KeyMetadata> find(KeyRouter router, Access access, KeyRef ref)
      throws BackendException {
    try {
      return Optional.of(router.describe(access, ref));
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Applies all changes.
   *
   * @throws BackendException if one can't be made, and then none was; or if one failed, and then
   *     the message says which were made before
   */
  void apply() throws BackendException {
    waiting.forEach((alias, set) -> check(alias, () -> checkSet(alias, set)));
    List.copyOf(moving.keySet()).forEach(alias -> check(alias, () -> checkPlace(alias)));
    removed.forEach((alias, uri) -> check(alias, () -> checkRemoved(alias, uri)));
    if (!problems.isEmpty()) {
      throw refusal();
    }
    try {
      for (Map.Entry<KeyRef, String> key : losing.entrySet()) {
        takeOff(key.getKey(), key.getValue());
      }
      removed.clear();
      move();
      keepCertificates();
    } catch (BackendException e) {
      throw applied.isEmpty() ? e : partly(e);
    }
  }

  // ---- checks

  /** One check; its failure is gathered. */
  @FunctionalInterface
  private interface Check {
    void run() throws BackendException;
  }

  private void check(String alias, Check check) {
    try {
      check.run();
    } catch (BackendException e) {
      problems.add(e.at("alias " + alias));
    }
  }

  private BackendException refusal() {
    BackendException first = problems.get(0);
    BackendException refusal =
        new BackendException(
            first.reason(),
            "nothing was changed: "
                + String.join("; ", problems.stream().map(BackendException::getMessage).toList()),
            first);
    problems.stream().skip(1).forEach(refusal::addSuppressed);
    return refusal;
  }

  private BackendException partly(BackendException e) {
    List<String> left = new ArrayList<>(waiting.keySet());
    left.addAll(removed.keySet());
    return new BackendException(
        e.reason(),
        "%s. Done before: %s. Not done: the changes of %s; store again to go on"
            .formatted(e.getMessage(), String.join(", ", applied), String.join(", ", left)),
        e);
  }

  private void checkSet(String alias, LiveKeys.Waiting set) throws BackendException {
    requireSame(
        set.ref(), router.describe(Callers.access(router, alias), set.ref()), set.key().uri());
    KeyRef place = router.policy(alias).soleKey();
    if (set.moves()) {
      place = BackendKeys.place(router, alias);
      requireRenames(set.ref());
      requireNotNamed(set.ref());
      moving.put(alias, set.ref());
    }
    KeyEntries.requireAPlace(router, alias, place.backend(), set.chain());
  }

  /**
   * Checks that the alias means the key that it meant before: another key store object or program
   * may have changed that.
   */
  private static void requireSame(KeyRef ref, KeyMetadata present, KeyUri before)
      throws BackendException {
    if (!present.uri().equals(before)) {
      throw new BackendException(
          Reason.DENIED,
          "%s is another key than when it was read; load the key store again".formatted(ref));
    }
  }

  /**
   * Checks the key that has the alias at present, which loses it, unless it gets another alias
   * itself.
   */
  private void checkPlace(String alias) throws BackendException {
    KeyRef place = BackendKeys.place(router, alias);
    Optional<KeyMetadata> there = find(router, Callers.access(router, alias), place);
    if (there.isPresent() && !moving.containsValue(place)) {
      requireSame(place, there.get(), waiting.get(alias).replaces());
      requireNotNamed(place);
      losing.put(place, alias);
    }
  }

  private void checkRemoved(String alias, KeyUri uri) throws BackendException {
    Optional<KeyMetadata> there = keys.find(alias);
    if (waiting.containsKey(alias) || there.isEmpty()) {
      return;
    }
    KeyRef place = BackendKeys.place(router, alias);
    if (!moving.containsValue(place)) {
      requireSame(place, there.get(), uri);
      requireRenames(place);
      requireNotNamed(place);
      losing.put(place, alias);
    }
  }

  private void requireRenames(KeyRef ref) throws BackendException {
    if (!router.facts().renames(ref.backend())) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the name of key %s is permanent; give it another alias in the configuration, or keep its alias out of the key store by keystore.aliases"
              .formatted(ref));
    }
  }

  /**
   * Requires that no line of the configuration names the key by its present name: the line would
   * lose the key.
   */
  private void requireNotNamed(KeyRef ref) throws BackendException {
    Optional<String> line = router.lineNaming(ref);
    if (line.isPresent()) {
      throw new BackendException(
          Reason.DENIED,
          "%s of the configuration names the key %s; change that line first"
              .formatted(line.get(), ref));
    }
  }

  // ---- changes

  private void takeOff(KeyRef ref, String alias) throws BackendException {
    KeyUri uri = router.administration(Callers.access(router, alias)).unname(ref);
    String name = router.facts().nameOf(ref.backend(), uri).orElseThrow();
    removed.remove(alias);
    applied.add("the alias %s was taken off %s".formatted(alias, uri));
    LOG.log(
        Level.WARNING,
        "alias {0} was taken off its key; the key is not destroyed and remains as {1}; to give it the"
            + " alias again: keyhold keys restore-alias {0} {1}, or to use it as it is: key.{0} ="
            + " {2}:{3}",
        alias,
        uri,
        ref.backend(),
        name);
  }

  /**
   * Names whose holders move too are waited for; of a circle, one key goes without a name first.
   */
  private void move() throws BackendException {
    while (!moving.isEmpty()) {
      String next = null;
      for (String alias : moving.keySet()) {
        if (!moving.containsValue(BackendKeys.place(router, alias))) {
          next = alias;
          break;
        }
      }
      if (next == null) {
        String alias = moving.keySet().iterator().next();
        KeyRef ref = moving.get(alias);
        KeyUri uri = router.administration(Callers.access(router, alias)).unname(ref);
        applied.add("%s has no name for a moment, as %s".formatted(ref, uri));
        moving.put(
            alias,
            new KeyRef(ref.backend(), router.facts().nameOf(ref.backend(), uri).orElseThrow()));
      } else {
        move(next, moving.remove(next));
      }
    }
  }

  private void move(String alias, KeyRef from) throws BackendException {
    KeyRef place = BackendKeys.place(router, alias);
    KeyMetadata moved = router.administration(Callers.access(router, alias)).rename(from, alias);
    LiveKeys.Waiting set = waiting.get(alias);
    applied.add("the key %s is %s now".formatted(from, place));
    if (set.former() != null) {
      LOG.log(
          Level.WARNING,
          "alias {0} is {1} now: the key {2} was renamed; objects that were encrypted under {0} are"
              + " bound to that name (key.{1}.binding, in a token the name itself); to undo this: keyhold"
              + " keys restore-alias {0} {2}",
          set.former(),
          alias,
          moved.uri());
    }
    if (set.chain().isEmpty()) {
      waiting.remove(alias);
    } else {
      waiting.put(alias, set.moved(keys.handle(alias, moved), place));
    }
  }

  private void keepCertificates() throws BackendException {
    Map<String, LiveKeys.Waiting> chains = new HashMap<>(waiting);
    for (Map.Entry<String, LiveKeys.Waiting> entry : chains.entrySet()) {
      String alias = entry.getKey();
      LiveKeys.Waiting set = entry.getValue();
      if (KeyEntries.requireAPlace(router, alias, set.ref().backend(), set.chain())) {
        KeyEntries.keep(router, alias, set.ref(), set.chain());
        applied.add("the certificates of %s are kept".formatted(alias));
      }
      waiting.remove(alias);
    }
  }
}
