package dev.keyhold.conformance.contract;

import static dev.keyhold.conformance.contract.BackendContract.CONTEXT;
import static dev.keyhold.conformance.contract.BackendContract.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.RandomSource;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of the contract about MACs, imported keys, random bytes and the end. */
abstract class MacChecks {
  private static final byte[] MESSAGE = {1, 2, 3};

  abstract BackendContract contract();

  private Backend backend() {
    return contract().backend();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HmacSHA256", "HmacSHA384", "HmacSHA512"})
  void aMacDependsOnKeyAndMessage(String algorithm) throws Exception {
    contract().newMacKey("macs", algorithm);
    contract().newMacKey("others", algorithm);
    byte[] mac = backend().require(Macs.class).mac("macs", algorithm, MESSAGE);
    assertEquals(KeySpec.hmac(algorithm).bits(), 8 * mac.length);
    assertArrayEquals(mac, backend().require(Macs.class).mac("macs", algorithm, MESSAGE));
    byte[] other = contract().limits().emptyMacs() ? new byte[0] : new byte[1];
    assertFalse(Arrays.equals(mac, backend().require(Macs.class).mac("macs", algorithm, other)));
    if (!contract().limits().emptyMacs()) {
      assertFails(
          Reason.UNSUPPORTED,
          () -> backend().require(Macs.class).mac("macs", algorithm, new byte[0]));
    }
    assertFalse(
        Arrays.equals(mac, backend().require(Macs.class).mac("others", algorithm, MESSAGE)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HmacSHA256", "HmacSHA384", "HmacSHA512"})
  void anImportedKeyMakesTheMacsThatItMadeElsewhere(String algorithm) throws Exception {
    byte[] material = new byte[KeySpec.hmac(algorithm).bits() / 8];
    Arrays.fill(material, (byte) 0x5A);
    KeyRequest request = new KeyRequest("imported", KeySpec.hmac(algorithm), Set.of(Purpose.MAC));
    contract().facet(Macs.class);
    contract().facet(KeyImport.class).importKey(request, material);
    assertEquals(0x5A, material[0], "the caller zeroes its own array");
    assertFails(
        Reason.DENIED, () -> backend().require(KeyImport.class).importKey(request, material));
    Mac local = Mac.getInstance(algorithm);
    local.init(new SecretKeySpec(material, algorithm));
    for (int length : new int[] {0, 1, 64, 1000, 100_000}) {
      byte[] message = new byte[length];
      assertArrayEquals(
          local.doFinal(message),
          backend().require(Macs.class).mac("imported", algorithm, message),
          "of " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HmacSHA256", "HmacSHA384", "HmacSHA512"})
  void aRenamedKeyMakesTheSameMacs(String algorithm) throws Exception {
    contract().newMacKey("macs", algorithm);
    byte[] mac = backend().require(Macs.class).mac("macs", algorithm, MESSAGE);
    contract().facet(Naming.class).rename("macs", "renamed");
    assertArrayEquals(mac, backend().require(Macs.class).mac("renamed", algorithm, MESSAGE));
    assertFails(
        Reason.NOT_FOUND, () -> backend().require(Macs.class).mac("macs", algorithm, MESSAGE));
  }

  @Test
  void aKeyIsForItsOwnAlgorithmAndPurpose() throws Exception {
    contract().newMacKey("macs", "HmacSHA256");
    contract().newKek("orders");
    assertFails(
        Reason.UNSUPPORTED, () -> backend().require(Macs.class).mac("macs", "HmacSHA512", MESSAGE));
    assertFails(
        Reason.UNSUPPORTED,
        () -> backend().require(Macs.class).mac("orders", "HmacSHA256", MESSAGE));
  }

  @Test
  void theLongestMessageIsTakenAndALongerOneRefused() throws Exception {
    contract().newMacKey("macs", "HmacSHA256");
    byte[] longest = new byte[backend().require(Macs.class).maxMacMessage()];
    assertEquals(32, backend().require(Macs.class).mac("macs", "HmacSHA256", longest).length);
    byte[] longer = new byte[longest.length + 1];
    assertFails(
        Reason.UNSUPPORTED, () -> backend().require(Macs.class).mac("macs", "HmacSHA256", longer));
  }

  @Test
  void randomBytesDiffer() throws Exception {
    contract().facet(RandomSource.class);
    for (int length : new int[] {16, 32, 1000}) {
      byte[] first = backend().require(RandomSource.class).random(length);
      assertEquals(length, first.length);
      assertFalse(Arrays.equals(first, backend().require(RandomSource.class).random(length)));
    }
    assertEquals(0, backend().require(RandomSource.class).random(0).length);
  }

  @Test
  void afterItsEndItIsUnavailable() throws Exception {
    contract().newKek("orders");
    if (contract().has(Macs.class)) {
      contract().newMacKey("macs", "HmacSHA256");
    }
    backend().close();
    backend().close();
    assertFails(Reason.UNAVAILABLE, () -> backend().list());
    assertFails(
        Reason.UNAVAILABLE,
        () -> backend().require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
    if (contract().has(Macs.class)) {
      Macs macs = backend().require(Macs.class);
      assertFails(Reason.UNAVAILABLE, () -> macs.mac("macs", "HmacSHA256", MESSAGE));
    }
    if (contract().has(RandomSource.class)) {
      RandomSource source = backend().require(RandomSource.class);
      assertFails(Reason.UNAVAILABLE, () -> source.random(1));
    }
    assertFails(Reason.UNAVAILABLE, () -> contract().newKek("others"));
  }
}
