package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
final class SlotFinder {
  private static final Pattern ALL = Pattern.compile("(?m)^All slots: (.*)$");
  private static final Pattern PRESENT = Pattern.compile("(?m)^Slots with tokens: (.*)$");
  private static final Pattern LABEL =
      Pattern.compile("(?m)^Token info for token in slot (-?\\d+):\\n\\s*label: (.*)$");

  private final Path library;

  SlotFinder(Path library) {
    this.library = library;
  }

  /**
   * The slot of the token with this label.
   *
   * @throws TokenUnreachableException if there is none, or the library does not answer
   * @throws BackendException with MISCONFIGURED if there are two, or the library can't be loaded
   */
  Slot find(String label) throws BackendException, TokenUnreachableException {
    Probe first = probe("slotListIndex = 0");
    Matcher all = ALL.matcher(first.printed());
    Matcher present = PRESENT.matcher(first.printed());
    if (!all.find() || !present.find()) {
      throw noSlots(first);
    }
    List<String> ids = List.of(all.group(1).split(", ", -1));
    List<Slot> matches = new ArrayList<>();
    Set<String> labels = new TreeSet<>();
    for (String id : present.group(1).split(", ", -1)) {
      Slot slot = new Slot(id, ids.indexOf(id));
      if (slot.index() < 0) {
        continue; // "(none)", or a slot that has gone between the two lists
      }
      Optional<String> found = label(probe(slot.configuration()), id);
      found.ifPresent(labels::add);
      if (found.filter(label::equals).isPresent()) {
        matches.add(slot);
      }
    }
    return single(label, matches, labels);
  }

  private Slot single(String label, List<Slot> matches, Set<String> labels)
      throws BackendException, TokenUnreachableException {
    if (matches.isEmpty()) {
      throw new TokenUnreachableException(
          true,
          new BackendException(
              Reason.MISCONFIGURED,
              "there is no token labelled '"
                  + label
                  + "'; the library has these: "
                  + labels
                  + "; initialise it, or name another one"));
    }
    if (matches.size() > 1) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "several tokens are labelled '" + label + "': give one another label");
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
          library + " can't be loaded as a PKCS#11 library: name the HSM vendor's",
          probe.failure());
    }
    // a library whose C_Initialize failed is not kept by the JVM
    return new TokenUnreachableException(
        !Pkcs11Errors.happenedIn("C_Initialize", probe.failure()),
        Pkcs11Errors.translate("connecting to the HSM", probe.failure()));
  }

  private static Optional<String> label(Probe probe, String id) {
    Matcher matcher = LABEL.matcher(probe.printed());
    while (matcher.find()) {
      if (matcher.group(1).equals(id)) {
        // SunPKCS11 takes each byte for a character
        byte[] utf8 = matcher.group(2).getBytes(StandardCharsets.ISO_8859_1);
        return Optional.of(new String(utf8, StandardCharsets.UTF_8).strip());
      }
    }
    return Optional.empty();
  }

  private Probe probe(String slot) throws BackendException {
    ProviderException[] failure = new ProviderException[1];
    try {
      String printed =
          ShowInfo.during(
              () -> {
                try {
                  SunPkcs11Config.show(library, slot);
                } catch (ProviderException e) {
                  failure[0] = e; // such as a slot whose token is not initialised
                }
              });
      return new Probe(printed, failure[0]);
    } catch (InterruptedException e) {
      throw Interrupts.unavailable(e);
    }
  }

  /** What SunPKCS11 printed, and how it failed if it did. */
  private record Probe(String printed, ProviderException failure) {}
}
