package dev.keyhold.conformance.damage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.DataKey;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.object.ForgedObject;
import dev.keyhold.object.Recipient;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Headers that say something else, with the MAC that goes with it. */
@ParameterizedClass
@EnumSource(BackendKind.class)
class ForgedHeaderTest {
  private static final byte[] PLAIN = Pattern.bytes(100);

  @TempDir static Path folder;
  private static KeyholdFixture keyhold;
  private static SecretKey key;
  private static byte[] object;
  private static byte[] dataKey;
  private static Refused refused;

  @Parameter BackendKind backend;

  @BeforeParameterizedClassInvocation
  static void sealAnObject(BackendKind kind) {
    close();
    // two aliases of one key
    keyhold = KeyholdFixture.of(kind, folder, "key.first = b:orders", "key.second = b:orders");
    key = keyhold.newKey("AES", "orders");
    object = keyhold.seal(key, PLAIN);
    dataKey = DataKey.of(key, object);
    refused = new Refused(keyhold, key, KeyholdParameterSpec.NONE);
  }

  @AfterAll
  static void close() {
    if (keyhold != null) {
      keyhold.close();
    }
  }

  @Test
  void aHeaderThatSaysTheSameOpens() throws Exception {
    byte[] same =
        ForgedObject.with(
            object, dataKey, DataKeyMode.PER_OBJECT, Combinator.SINGLE, UnaryOperator.identity());
    assertArrayEquals(PLAIN, keyhold.open(key, same, KeyholdParameterSpec.NONE));
  }

  @Test
  void anotherCombinatorIsRefused() throws Exception {
    refuse("any-of", DataKeyMode.PER_OBJECT, Combinator.ANY_OF, UnaryOperator.identity());
    refuse("all-of", DataKeyMode.PER_OBJECT, Combinator.ALL_OF, UnaryOperator.identity());
    refuse(
        "any-of with a recipient more",
        DataKeyMode.PER_OBJECT,
        Combinator.ANY_OF,
        r -> List.of(r.get(0), r.get(0)));
  }

  @Test
  void anotherModeIsRefused() throws Exception {
    refuse("epoch", DataKeyMode.EPOCH, Combinator.SINGLE, UnaryOperator.identity());
  }

  @Test
  void otherRecipientsAreRefused() throws Exception {
    refuseRecipients("twice the same", r -> List.of(r.get(0), r.get(0)));
    refuseRecipients("another kind", r -> List.of(new Recipient("aws-kms", 0, r.get(0).wrapped())));
    refuseRecipients("another key", r -> List.of(rewrapped(r.get(0), "software:other", "1")));
    refuseRecipients(
        "another version", r -> List.of(rewrapped(r.get(0), identity(r.get(0)), "999")));
    refuseRecipients("no version", r -> List.of(rewrapped(r.get(0), identity(r.get(0)), "")));
  }

  @Test
  void otherWrapMechanismsAreRefused() throws Exception {
    for (WrapMechanism mechanism : WrapMechanism.values()) {
      refuseRecipients(
          mechanism.name(),
          recipients -> {
            WrappedKey old = recipients.get(0).wrapped();
            WrapMechanism unused =
                old.mechanism() == WrapMechanism.SERVICE
                    ? WrapMechanism.AES_GCM
                    : WrapMechanism.SERVICE;
            WrapMechanism other = mechanism == old.mechanism() ? unused : mechanism;
            return List.of(
                new Recipient(
                    recipients.get(0).kind(),
                    0,
                    new WrappedKey(old.identity(), old.version(), other, old.bytes())));
          });
    }
  }

  @Test
  void wrappedKeysOfAllLengthsAreRefused() throws Exception {
    for (int length : new int[] {0, 1, 12, 16, 27, 28, 29, 31, 32, 47, 48, 49, 60, 80, 5000}) {
      refuseRecipients(
          "wrapped key of " + length,
          recipients -> {
            WrappedKey old = recipients.get(0).wrapped();
            byte[] bytes = Pattern.bytes(length);
            return List.of(
                new Recipient(
                    recipients.get(0).kind(),
                    0,
                    new WrappedKey(old.identity(), old.version(), old.mechanism(), bytes)));
          });
    }
  }

  @Test
  void anObjectOfAnotherAliasOfTheSameKeyIsRefused() throws Exception {
    KeyStore keyStore = KeyStore.getInstance("Keyhold", keyhold.provider());
    keyStore.load(null, null);
    SecretKey first = (SecretKey) keyStore.getKey("first", null);
    SecretKey second = (SecretKey) keyStore.getKey("second", null);
    byte[] ofFirst = keyhold.seal(first, PLAIN);
    assertArrayEquals(PLAIN, keyhold.open(first, ofFirst, KeyholdParameterSpec.NONE));
    new Refused(keyhold, second, KeyholdParameterSpec.NONE).check("binding", ofFirst, PLAIN, 0);
  }

  private static void refuseRecipients(String what, UnaryOperator<List<Recipient>> recipients)
      throws Exception {
    refuse(what, DataKeyMode.PER_OBJECT, Combinator.SINGLE, recipients);
  }

  private static void refuse(
      String what,
      DataKeyMode mode,
      Combinator combinator,
      UnaryOperator<List<Recipient>> recipients)
      throws Exception {
    byte[] forged = ForgedObject.with(object, dataKey, mode, combinator, recipients);
    refused.check(what, forged, PLAIN, 0);
  }

  private static String identity(Recipient recipient) {
    return recipient.wrapped().identity();
  }

  private static Recipient rewrapped(Recipient recipient, String identity, String version) {
    WrappedKey old = recipient.wrapped();
    WrappedKey other = new WrappedKey(identity, version, old.mechanism(), old.bytes());
    return new Recipient(recipient.kind(), 0, other);
  }
}
