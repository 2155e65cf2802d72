package dev.keyhold.conformance.contract;

import static dev.keyhold.conformance.contract.BackendContract.CONTEXT;
import static dev.keyhold.conformance.contract.BackendContract.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.Rotation;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The part of the contract about making, finding and naming keys. */
abstract class KeyChecks {
  private static final byte[] DATA_KEY = new byte[32];

  abstract BackendContract contract();

  private Backend backend() {
    return contract().backend();
  }

  @Test
  void anEmptyPlaceListsNothing() throws Exception {
    assertEquals(List.of(), backend().list());
  }

  @Test
  void purposesAreKnownWithoutAsking() {
    assertTrue(backend().purposesOf(KeySpec.AES_256).contains(Purpose.ENCRYPT));
    for (String hmac : List.of("HmacSHA256", "HmacSHA384", "HmacSHA512")) {
      assertTrue(backend().purposesOf(KeySpec.hmac(hmac)).contains(Purpose.MAC), hmac);
    }
    assertEquals(Set.of(), backend().purposesOf(new KeySpec("NoSuchAlgorithm", 256)));
  }

  @Test
  void aNewKeyIsDescribedAndListed() throws Exception {
    KeyMetadata made = contract().newKek("orders");
    assertEquals("orders", made.name());
    assertEquals(Set.of(Purpose.ENCRYPT), made.purposes());
    assertEquals(KeyState.ACTIVE, made.state());
    assertEquals(1, made.versions().size());
    assertEquals(made.versions().get(0), made.currentVersion().orElseThrow());
    assertEquals(made, backend().describe("orders"));
    assertEquals(List.of(made), backend().list());
    assertEquals(made.identity(), backend().identity("orders"));
  }

  @Test
  void keysAreListedInTheOrderOfTheirNames() throws Exception {
    for (String name : List.of("m", "z", "a", "mm", "B")) {
      contract().newKek(name);
    }
    List<String> names = backend().list().stream().map(KeyMetadata::name).toList();
    assertEquals(names.stream().sorted().toList(), names);
    assertEquals(5, names.size());
  }

  @Test
  void aNameIsGivenOnce() throws Exception {
    KeyMetadata made = contract().newKek("orders");
    assertFails(Reason.DENIED, () -> contract().newKek("orders"));
    assertFails(Reason.DENIED, () -> contract().newMacKey("orders", "HmacSHA256"));
    assertEquals(made, backend().describe("orders"));
  }

  @Test
  void whatCannotBeHeldIsUnsupported() throws Exception {
    KeySpec unknown = new KeySpec("NoSuchAlgorithm", 256);
    assertFails(
        Reason.UNSUPPORTED,
        () ->
            backend()
                .require(KeyMaking.class)
                .create(new KeyRequest("orders", unknown, Set.of(Purpose.ENCRYPT))));
    assertFails(
        Reason.UNSUPPORTED,
        () ->
            backend()
                .require(KeyMaking.class)
                .create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.MAC))));
    assertEquals(List.of(), backend().list());
  }

  @Test
  void aUriLeadsBackToItsKey() throws Exception {
    KeyMetadata made = contract().newKek("orders");
    contract().newKek("others");
    String key = backend().nameOf(made.uri()).orElseThrow();
    assertEquals(made, backend().describe(key));
    KeyUri parsed = KeyUri.parse(made.uri().toString());
    assertEquals(made, backend().describe(backend().nameOf(parsed).orElseThrow()));
    assertTrue(backend().nameOf(KeyUri.parse("other-scheme:orders")).isEmpty());
  }

  @Test
  void aKeyThatIsNotThereIsNotFound() throws Exception {
    WrappedKey wrapped = wrapOf("orders");
    assertFails(Reason.NOT_FOUND, () -> backend().describe("gone"));
    assertFails(Reason.NOT_FOUND, () -> backend().require(Rotation.class).rotate("gone"));
    if (contract().limits().renames()) {
      assertFails(Reason.NOT_FOUND, () -> backend().require(Naming.class).rename("gone", "new"));
      assertFails(Reason.NOT_FOUND, () -> backend().require(Naming.class).unname("gone"));
    }
    assertFails(
        Reason.NOT_FOUND, () -> backend().require(Keks.class).wrap("gone", CONTEXT, DATA_KEY));
    assertFails(
        Reason.NOT_FOUND, () -> backend().require(Keks.class).unwrap("gone", wrapped, CONTEXT));
    assertFails(
        Reason.NOT_FOUND, () -> backend().require(Macs.class).mac("gone", "HmacSHA256", DATA_KEY));
  }

  @Test
  void aRenamedKeyIsTheSameKey() throws Exception {
    WrappedKey wrapped = wrapOf("orders");
    KeyMetadata before = backend().describe("orders");
    if (!contract().limits().renames()) {
      assertFails(
          Reason.UNSUPPORTED, () -> backend().require(Naming.class).rename("orders", "invoices"));
      assertEquals(List.of(before), backend().list());
      return;
    }
    KeyMetadata renamed = backend().require(Naming.class).rename("orders", "invoices");
    assertEquals("invoices", renamed.name());
    assertEquals(renamed, backend().describe("invoices"));
    assertFails(Reason.NOT_FOUND, () -> backend().describe("orders"));
    assertArrayEquals(DATA_KEY, backend().require(Keks.class).unwrap("invoices", wrapped, CONTEXT));
    if (contract().limits().identityOutlivesName()) {
      assertEquals(before.identity(), renamed.identity());
      assertEquals(before.uri(), renamed.uri());
    }
  }

  @Test
  void aKeyIsNotRenamedOntoAnother() throws Exception {
    KeyMetadata orders = contract().newKek("orders");
    KeyMetadata others = contract().newKek("others");
    Reason refusal = contract().limits().renames() ? Reason.DENIED : Reason.UNSUPPORTED;
    assertFails(refusal, () -> backend().require(Naming.class).rename("orders", "others"));
    assertEquals(List.of(orders, others), backend().list());
  }

  @Test
  void aKeyWithoutItsNameIsStillThere() throws Exception {
    WrappedKey wrapped = wrapOf("orders");
    if (!contract().limits().renames()) {
      assertFails(Reason.UNSUPPORTED, () -> backend().require(Naming.class).unname("orders"));
      assertArrayEquals(DATA_KEY, backend().require(Keks.class).unwrap("orders", wrapped, CONTEXT));
      return;
    }
    KeyUri uri = backend().require(Naming.class).unname("orders");
    assertFails(Reason.NOT_FOUND, () -> backend().describe("orders"));
    String key = backend().nameOf(uri).orElseThrow();
    assertArrayEquals(DATA_KEY, backend().require(Keks.class).unwrap(key, wrapped, CONTEXT));
    assertEquals(1, backend().list().size());
    contract().newKek("orders"); // the name is free
    assertEquals(2, backend().list().size());
    assertArrayEquals(DATA_KEY, backend().require(Keks.class).unwrap(key, wrapped, CONTEXT));
  }

  private WrappedKey wrapOf(String name) throws Exception {
    contract().newKek(name);
    return backend().require(Keks.class).wrap(name, CONTEXT, DATA_KEY);
  }
}
