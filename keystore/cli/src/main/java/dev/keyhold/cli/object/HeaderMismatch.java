package dev.keyhold.cli.object;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import dev.keyhold.object.Recipient;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Why an object can't open by what anybody can read in its header, which nothing authenticates, and
 * by what the configuration says. Tells nothing of what a key found.
 */
final class HeaderMismatch {
  private static final byte[] MAGIC = "KHLD".getBytes(StandardCharsets.US_ASCII);

  private HeaderMismatch() {}

  /**
   * Compares the beginning of an object with what an alias may decrypt with.
   *
   * @param start the whole header if there is one
   * @return empty if the header fits the alias, or could not be compared
   */
  static Optional<String> of(KeyRouter router, String alias, byte[] start) {
    if (!Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
      return Optional.of("it is not a Keyhold object: it does not begin with KHLD");
    }
    try {
      Header header = Envelope.inspect(start);
      Policy policy = router.policy(alias);
      return isListed(router, policy, header)
          ? Optional.empty()
          : Optional.of(unlisted(alias, header));
    } catch (MalformedHeaderException | BackendException e) {
      return Optional.empty();
    }
  }

  private static boolean isListed(KeyRouter router, Policy policy, Header header)
      throws BackendException {
    for (Shape shape : policy.opensWith()) {
      if (shape.dataKeys() != header.dataKeys() || shape.combinator() != header.combinator()) {
        continue;
      }
      for (KeyRef key : shape.keys()) {
        String type = router.facts().type(key.backend());
        String identity = router.identity(key);
        for (Recipient recipient : header.recipients()) {
          if (recipient.kind().equals(type) && recipient.wrapped().identity().equals(identity)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static String unlisted(String alias, Header header) {
    List<String> keys = header.recipients().stream().map(r -> r.wrapped().identity()).toList();
    return ("its header, which nothing authenticates, says that it is for %s (%s, data-keys ="
            + " %s), and key.%s lists no such key in that mode: if it may still be read, add"
            + " key.%s.decrypt-with = <backend>:<key>")
        .formatted(
            String.join(", ", keys),
            header.combinator().text(),
            header.dataKeys().text(),
            alias,
            alias);
  }
}
