package dev.keyhold.conformance.contract;

import static dev.keyhold.conformance.contract.BackendContract.CONTEXT;
import static dev.keyhold.conformance.contract.BackendContract.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Suspension;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The part of the contract about keys that wrap the keys of others. */
abstract class KeyWrapChecks {
  abstract BackendContract contract();

  private Backend backend() {
    return contract().backend();
  }

  private KeyMetadata make(String name) throws BackendException {
    Assumptions.assumeTrue(
        backend().purposesOf(KeySpec.AES_256).contains(Purpose.KEY_WRAP),
        "this backend has no AES key wrap");
    return backend().require(KeyMaking.class).create(request(name));
  }

  private static KeyRequest request(String name) {
    return new KeyRequest(name, KeySpec.AES_256, Set.of(Purpose.KEY_WRAP));
  }

  private static byte[] plain(int length) {
    byte[] plain = new byte[length];
    Arrays.fill(plain, (byte) 0x5A);
    return plain;
  }

  @Test
  void aBackendWithoutKeyWrapSaysSo() throws Exception {
    Assumptions.assumeFalse(
        backend().purposesOf(KeySpec.AES_256).contains(Purpose.KEY_WRAP), "this one has it");
    assertFails(
        Reason.UNSUPPORTED, () -> backend().require(KeyMaking.class).create(request("vault")));
    contract().newKek("kek");
    assertFails(
        Reason.UNSUPPORTED,
        () -> backend().require(KeyWraps.class).wrapKey("kek", KeyWrap.KW, plain(16)));
    assertFails(
        Reason.UNSUPPORTED,
        () -> backend().require(KeyWraps.class).unwrapKey("kek", KeyWrap.KW, plain(24)));
  }

  @ParameterizedTest
  @EnumSource(KeyWrap.class)
  void whatIsWrappedIsUnwrapped(KeyWrap way) throws Exception {
    KeyMetadata made = make("vault");
    assertEquals(Set.of(Purpose.KEY_WRAP), made.purposes());
    List<Integer> lengths = List.of(16, 24, 32, 4096, KeyWrap.MAX_LENGTH);
    for (int length : way == KeyWrap.KWP ? List.of(1, 7, 8, 9, 15, 31, 1217) : lengths) {
      byte[] plain = plain(length);
      byte[] wrapped = backend().require(KeyWraps.class).wrapKey("vault", way, plain);
      assertEquals(way.wrappedLength(length), wrapped.length);
      assertArrayEquals(plain(length), plain, "the caller's array is left as it is");
      assertArrayEquals(wrapped, backend().require(KeyWraps.class).wrapKey("vault", way, plain));
      assertArrayEquals(plain, backend().require(KeyWraps.class).unwrapKey("vault", way, wrapped));
    }
  }

  @ParameterizedTest
  @EnumSource(KeyWrap.class)
  void whatWasChangedIsNotUnwrapped(KeyWrap way) throws Exception {
    make("vault");
    make("other");
    byte[] wrapped = backend().require(KeyWraps.class).wrapKey("vault", way, plain(32));
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend().require(KeyWraps.class).unwrapKey("other", way, wrapped));
    KeyWrap another = way == KeyWrap.KW ? KeyWrap.KWP : KeyWrap.KW;
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend().require(KeyWraps.class).unwrapKey("vault", another, wrapped));
    for (int i = 0; i < wrapped.length; i++) {
      byte[] changed = wrapped.clone();
      changed[i] ^= 1;
      assertFails(
          Reason.BAD_CIPHERTEXT,
          () -> backend().require(KeyWraps.class).unwrapKey("vault", way, changed));
    }
    for (int length = 0; length < wrapped.length; length++) {
      byte[] cut = Arrays.copyOf(wrapped, length);
      assertFails(
          Reason.BAD_CIPHERTEXT,
          () -> backend().require(KeyWraps.class).unwrapKey("vault", way, cut));
    }
    byte[] longer = Arrays.copyOf(wrapped, wrapped.length + 8);
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend().require(KeyWraps.class).unwrapKey("vault", way, longer));
  }

  @Test
  void lengthsThatAWayHasNotAreUnsupported() throws Exception {
    make("vault");
    for (int length : List.of(0, 8, 15, 17, KeyWrap.MAX_LENGTH + 8)) {
      assertFails(
          Reason.UNSUPPORTED,
          () -> backend().require(KeyWraps.class).wrapKey("vault", KeyWrap.KW, plain(length)));
    }
    for (int length : List.of(0, KeyWrap.MAX_LENGTH + 1)) {
      assertFails(
          Reason.UNSUPPORTED,
          () -> backend().require(KeyWraps.class).wrapKey("vault", KeyWrap.KWP, plain(length)));
    }
  }

  @Test
  void aKeyThatWrapsKeysDoesNothingElse() throws Exception {
    make("vault");
    contract().newKek("kek");
    contract().newMacKey("macs", "HmacSHA256");
    for (String other : List.of("kek", "macs")) {
      assertFails(
          Reason.UNSUPPORTED,
          () -> backend().require(KeyWraps.class).wrapKey(other, KeyWrap.KWP, plain(32)));
      assertFails(
          Reason.UNSUPPORTED,
          () -> backend().require(KeyWraps.class).unwrapKey(other, KeyWrap.KWP, plain(40)));
    }
    assertFails(
        Reason.UNSUPPORTED, () -> backend().require(Keks.class).wrap("vault", CONTEXT, plain(32)));
    assertFails(
        Reason.UNSUPPORTED,
        () -> backend().require(Macs.class).mac("vault", "HmacSHA256", plain(32)));
    assertFails(Reason.UNSUPPORTED, () -> backend().require(Rotation.class).rotate("vault"));
    KeyRequest both =
        new KeyRequest("both", KeySpec.AES_256, Set.of(Purpose.KEY_WRAP, Purpose.ENCRYPT));
    assertFails(Reason.UNSUPPORTED, () -> backend().require(KeyMaking.class).create(both));
  }

  @Test
  void aSuspendedKeyWrapsNothing() throws Exception {
    make("vault");
    byte[] wrapped = backend().require(KeyWraps.class).wrapKey("vault", KeyWrap.KW, plain(32));
    assertEquals(KeyState.SUSPENDED, backend().require(Suspension.class).disable("vault").state());
    assertFails(
        Reason.DENIED,
        () -> backend().require(KeyWraps.class).wrapKey("vault", KeyWrap.KW, plain(32)));
    assertFails(
        Reason.DENIED,
        () -> backend().require(KeyWraps.class).unwrapKey("vault", KeyWrap.KW, wrapped));
    backend().require(Suspension.class).enable("vault");
    assertArrayEquals(
        plain(32), backend().require(KeyWraps.class).unwrapKey("vault", KeyWrap.KW, wrapped));
    assertFalse(Arrays.equals(plain(32), Arrays.copyOf(wrapped, 32)));
  }
}
