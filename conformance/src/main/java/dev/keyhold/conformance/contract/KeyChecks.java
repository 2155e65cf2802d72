package dev.keyhold.conformance.contract;

import static dev.keyhold.conformance.contract.BackendContract.CONTEXT;
import static dev.keyhold.conformance.contract.BackendContract.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.AllFacets;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The part of the contract about making, finding and naming keys. */
abstract class KeyChecks {
  private static final byte[] DATA_KEY = new byte[32];
  private static final List<KeySpec> HMACS =
      Stream.of("HmacSHA256", "HmacSHA384", "HmacSHA512").map(KeySpec::hmac).toList();

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
    boolean keks = contract().has(Keks.class);
    assertEquals(keks, backend().purposesOf(KeySpec.AES_256).contains(Purpose.ENCRYPT));
    for (KeySpec hmac : HMACS) {
      boolean macs = backend().purposesOf(hmac).contains(Purpose.MAC);
      assertEquals(contract().has(Macs.class), macs, hmac.toString());
    }
    assertEquals(Set.of(), backend().purposesOf(new KeySpec("NoSuchAlgorithm", 256)));
  }

  static Stream<Class<? extends Facet>> facets() {
    return AllFacets.LIST.stream();
  }

  @ParameterizedTest
  @MethodSource("facets")
  void aFacetIsThereOrSaysWhatToDo(Class<? extends Facet> type) {
    if (contract().has(type)) {
      assertDoesNotThrow(() -> backend().require(type));
      return;
    }
    BackendException refused = assertThrows(BackendException.class, () -> backend().require(type));
    assertEquals(Reason.UNSUPPORTED, refused.reason());
    assertEquals(backend().ifAbsent(type), refused.getMessage());
    assertNotNull(type.getAnnotation(IfAbsent.class));
  }

  @Test
  void whatKeysAreForHasItsFacet() {
    List<KeySpec> specs = new ArrayList<>(KeySpec.KEY_PAIRS);
    specs.addAll(HMACS);
    specs.add(KeySpec.AES_256);
    for (KeySpec spec : specs) {
      for (Purpose purpose : backend().purposesOf(spec)) {
        assertTrue(contract().has(facetOf(purpose)), spec + " " + purpose);
        assertTrue(!spec.isKeyPair() || contract().has(PublicKeys.class), spec.toString());
      }
    }
  }

  private static Class<? extends Facet> facetOf(Purpose purpose) {
    return switch (purpose) {
      case ENCRYPT -> Keks.class;
      case KEY_WRAP -> KeyWraps.class;
      case MAC -> Macs.class;
      case SIGN -> Signatures.class;
      case DECRYPT -> Decryptions.class;
      case AGREE -> Agreements.class;
      case DECAPSULATE -> Kems.class;
    };
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
    if (contract().has(Macs.class)) {
      assertFails(Reason.DENIED, () -> contract().newMacKey("orders", "HmacSHA256"));
    }
    assertEquals(made, backend().describe("orders"));
  }

  @Test
  void whatCannotBeHeldIsUnsupported() throws Exception {
    contract().facet(KeyMaking.class);
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
    if (contract().has(Rotation.class)) {
      assertFails(Reason.NOT_FOUND, () -> backend().require(Rotation.class).rotate("gone"));
    }
    if (contract().has(Naming.class)) {
      assertFails(Reason.NOT_FOUND, () -> backend().require(Naming.class).rename("gone", "new"));
      assertFails(Reason.NOT_FOUND, () -> backend().require(Naming.class).unname("gone"));
    }
    assertFails(
        Reason.NOT_FOUND, () -> backend().require(Keks.class).wrap("gone", CONTEXT, DATA_KEY));
    assertFails(
        Reason.NOT_FOUND, () -> backend().require(Keks.class).unwrap("gone", wrapped, CONTEXT));
    if (contract().has(Macs.class)) {
      Macs macs = backend().require(Macs.class);
      assertFails(Reason.NOT_FOUND, () -> macs.mac("gone", "HmacSHA256", DATA_KEY));
    }
  }

  @Test
  void aRenamedKeyIsTheSameKey() throws Exception {
    WrappedKey wrapped = wrapOf("orders");
    KeyMetadata before = backend().describe("orders");
    KeyMetadata renamed = contract().facet(Naming.class).rename("orders", "invoices");
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
    Naming naming = contract().facet(Naming.class);
    assertFails(Reason.DENIED, () -> naming.rename("orders", "others"));
    assertEquals(List.of(orders, others), backend().list());
  }

  @Test
  void aKeyWithoutItsNameIsStillThere() throws Exception {
    WrappedKey wrapped = wrapOf("orders");
    KeyUri uri = contract().facet(Naming.class).unname("orders");
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
