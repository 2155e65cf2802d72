package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;

/**
 * The properties of a key that never change.
 *
 * @param arn of the key, not of an alias
 * @param keySpec AWS's name of its kind
 * @param usage AWS's name of its purpose
 */
record KnownKey(String arn, String keySpec, String usage) {
  /** Its kind; fails with UNSUPPORTED if Keyhold does not know it, or it is for something else. */
  AwsKeyKind require(Purpose purpose) throws BackendException {
    AwsKeyKind kind =
        AwsKeyKind.named(keySpec)
            .orElseThrow(
                () ->
                    new BackendException(
                        Reason.UNSUPPORTED, "Keyhold can't use keys of the kind " + keySpec));
    if (!kind.purposes(usage).contains(purpose)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "this key (%s, %s) is not for %s: make another"
              .formatted(keySpec, usage, AwsKeyKind.usage(purpose)));
    }
    return kind;
  }
}
