package dev.keyhold.keystore.pkcs11.library;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Interrupts;
import java.security.AuthProvider;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the slot of the token with a label. Slot numbers change when a token is initialised anew or
 * moved; SunPKCS11 takes nothing else.
 */
public final class SlotFinder {
  private static final Pattern ALL = Pattern.compile("(?m)^All slots: (.*)$");
  private static final Pattern PRESENT = Pattern.compile("(?m)^Slots with tokens: (.*)$");

  // no library has so many slots: SunPKCS11 prints the list, and keeps no instance
  private static final String NO_SLOT = "slotListIndex = " + Integer.MAX_VALUE;

  private final Module module;

  public SlotFinder(Module module) {
    this.module = module;
  }

  /**
   * Returns the slot of the token with this label.
   *
   * @throws TokenUnreachableException if there is none, or the library does not answer
   * @throws BackendException with MISCONFIGURED if there are two, or the library can't be loaded
   */
  public Slot find(String label) throws BackendException, TokenUnreachableException {
    Probe first = probe(NO_SLOT);
    Matcher all = ALL.matcher(first.printed());
    Matcher present = PRESENT.matcher(first.printed());
    if (!all.find() || !present.find()) {
      throw noSlots(first);
    }
    List<String> ids = List.of(all.group(1).split(", ", -1));
    List<Slot> matches = new ArrayList<>();
    Set<String> labels = new TreeSet<>();
    for (String id : present.group(1).split(", ", -1)) {
      int index = ids.indexOf(id);
      if (index < 0) {
        continue; // "(none)", or a slot that disappeared between the two lists
      }
      Optional<TokenInfo> token = token(id, index);
      token.ifPresent(info -> labels.add(info.label()));
      token
          .filter(info -> info.label().equals(label))
          .ifPresent(info -> matches.add(new Slot(id, index, info)));
    }
    return single(label, matches, labels);
  }

  private Slot single(String label, List<Slot> matches, Set<String> labels)
      throws BackendException, TokenUnreachableException {
    if (matches.isEmpty()) {
      throw new TokenUnreachableException(
          true,
          new BackendException(
              Reason.UNAVAILABLE,
              "there is no token labelled '"
                  + label
                  + "'; the library has these: "
                  + labels
                  + "; see that the HSM or its server is up, or correct the label"
                  + SoftHsmHint.of(module.library())));
    }
    if (matches.size() > 1) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "several tokens are labelled '"
              + label
              + "', and a wrong choice would try the PIN on the wrong one: give one another label"
              + " with the HSM vendor's tool");
    }
    return matches.get(0);
  }

  private TokenUnreachableException noSlots(Probe probe) throws BackendException {
    if (probe.failure() == null) {
      throw new BackendException(
          Reason.MISCONFIGURED, "this JDK's SunPKCS11 does not tell the labels of tokens");
    }
    if (Pkcs11Errors.code(probe.failure()).isEmpty()) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          module.library() + " can't be loaded as a PKCS#11 library: name the HSM vendor's",
          probe.failure());
    }
    // a library whose C_Initialize failed is not kept by the JVM
    return new TokenUnreachableException(
        !Pkcs11Errors.happenedIn("C_Initialize", probe.failure()),
        withHint(Pkcs11Errors.translate("connecting to the HSM", probe.failure())));
  }

  private BackendException withHint(BackendException failure) {
    String hint = SoftHsmHint.of(module.library());
    return hint.isEmpty()
        ? failure
        : new BackendException(failure.reason(), failure.getMessage() + hint, failure.getCause());
  }

  private Optional<TokenInfo> token(String id, int index) throws BackendException {
    String name = name(module, id);
    Optional<TokenInfo> known = ProcessToken.known(name);
    if (known.isPresent()) {
      return known;
    }
    Probe probe = probe(Slot.configuration(id, index));
    Optional<TokenInfo> told = TokenInfo.read(probe.printed(), id);
    if (probe.instance() != null && told.isPresent()) {
      ProcessToken.asked(name, probe.instance(), told.get());
    }
    return told;
  }

  /** Returns what names the token in a slot within this process. */
  public static String name(Module module, String slotId) {
    return module.library() + "#" + slotId;
  }

  private Probe probe(String slot) throws BackendException {
    ProviderException[] failure = new ProviderException[1];
    AuthProvider[] instance = new AuthProvider[1];
    try {
      String printed =
          ShowInfo.during(
              () -> {
                try {
                  instance[0] = SunPkcs11Config.show(module, slot);
                } catch (ProviderException e) {
                  failure[0] = e; // such as a slot whose token is not initialised
                }
              });
      return new Probe(printed, failure[0], instance[0]);
    } catch (InterruptedException e) {
      throw Interrupts.waitingFor("the token", e);
    }
  }

  /** The text that SunPKCS11 printed, with its failure or its instance. */
  private record Probe(String printed, ProviderException failure, AuthProvider instance) {}
}
