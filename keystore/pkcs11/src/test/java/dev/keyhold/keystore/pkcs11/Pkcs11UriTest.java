package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.keystore.KeyUri;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Pkcs11UriTest {
  @Test
  void encodesAllButUnreservedCharacters() {
    assertEquals(
        "pkcs11:token=my%20token;object=a%3Bb%2F%25~%C3%A9",
        Pkcs11Uri.of("my token", "a;b/%~é").toString());
    assertEquals("pkcs11:object=pay%20roll", Pkcs11Uri.identity("pay roll"));
  }

  @Test
  void readsBackWhatItWrites() {
    assertEquals(
        Optional.of(new Pkcs11Uri(Optional.of("my token"), "a;b/%~é")),
        Pkcs11Uri.parse(Pkcs11Uri.of("my token", "a;b/%~é")));
  }

  @Test
  void readsAttributesInAnyOrderAndIgnoresOthers() {
    assertEquals(
        Optional.of(new Pkcs11Uri(Optional.of("t"), "o")),
        parse("pkcs11:object=o;type=secret-key;token=t;slot-id=3?pin-source=file:/x;y=1"));
    assertEquals(Optional.of(new Pkcs11Uri(Optional.empty(), "o")), parse("pkcs11:object=o"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "software:o",
        "pkcs11:token=t",
        "pkcs11:object=",
        "pkcs11:object=o;object=p",
        "pkcs11:object=%4",
        "pkcs11:object=%zz",
        "pkcs11:object=o;",
        "pkcs11:object",
        "pkcs11:=o"
      })
  void refusesWhatIsNotAKeyHere(String uri) {
    assertEquals(Optional.empty(), parse(uri));
  }

  private static Optional<Pkcs11Uri> parse(String uri) {
    return Pkcs11Uri.parse(KeyUri.parse(uri));
  }
}
