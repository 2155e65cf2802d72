package dev.keyhold.cli.object;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.admin.ObjectInfo;
import dev.keyhold.admin.ObjectInfo.MalformedObjectException;
import dev.keyhold.admin.ObjectInfo.Recipient;
import dev.keyhold.keystore.BackendException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Explains why an object can't be opened, from the configuration and from what anybody can read in
 * the object's header, which is not authenticated. Reveals nothing that only a key can tell.
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
  static Optional<String> of(Administration admin, String alias, byte[] start) {
    if (!Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
      return Optional.of("it is not a Keyhold object: it does not begin with KHLD");
    }
    try {
      ObjectInfo header = ObjectInfo.of(start);
      AliasPolicy policy = admin.policy(alias);
      return isListed(admin, policy, header)
          ? Optional.empty()
          : Optional.of(unlisted(alias, header));
    } catch (MalformedObjectException | BackendException e) {
      return Optional.empty();
    }
  }

  private static boolean isListed(Administration admin, AliasPolicy policy, ObjectInfo header)
      throws BackendException {
    for (KeySet shape : policy.opensWith()) {
      if (shape.epochKeys() != header.epochKey() || shape.rule() != header.rule()) {
        continue;
      }
      for (KeyAddress key : shape.keys()) {
        String type = admin.backend(key.backend()).type();
        String identity = admin.key(key).identity();
        for (Recipient recipient : header.recipients()) {
          if (recipient.backendType().equals(type) && recipient.identity().equals(identity)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static String unlisted(String alias, ObjectInfo header) {
    List<String> keys = header.recipients().stream().map(Recipient::identity).toList();
    return ("its header, which nothing authenticates, says that it is for %s (%s, data-keys ="
            + " %s), and key.%s lists no such key in that mode: if it may still be read, add"
            + " key.%s.decrypt-with = <backend>:<key>")
        .formatted(String.join(", ", keys), header.rule().text(), header.dataKeys(), alias, alias);
  }
}
