package dev.keyhold.jca;

import dev.keyhold.jca.agreement.HandleKem;
import dev.keyhold.jca.agreement.HandleKeyAgreement;
import dev.keyhold.jca.agreement.KemInterfaces;
import dev.keyhold.jca.cipher.RefusedCipher;
import dev.keyhold.jca.key.SignatureName;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import java.util.ArrayList;
import java.util.List;

/**
 * Names of the JDK's providers that no key of Keyhold supports, though an application could try
 * one. They are registered so that the refusal says what to use instead. Those of signatures are in
 * {@link SignatureName}.
 */
final class RefusedNames {
  private RefusedNames() {}

  /** A name, and what refuses by it. */
  record Name(String type, String algorithm, KeyholdService.Constructor constructor) {}

  static List<Name> all() {
    List<Name> names = new ArrayList<>();
    for (int bits : AlgorithmTable.AES_BITS) {
      for (String mode : List.of("ECB", "CBC", "OFB", "CFB")) {
        addCipher(names, "AES_%s/%s/NoPadding".formatted(bits, mode));
      }
    }
    // an object is AES-256-GCM, whatever its key is
    addCipher(names, "AES_128/GCM/NoPadding");
    addCipher(names, "AES_192/GCM/NoPadding");
    addCipher(names, "ChaCha20");
    addCipher(names, "ChaCha20-Poly1305");
    List<String> hmacs = new ArrayList<>(List.of("HmacMD5"));
    AlgorithmTable.DIGESTS.forEach(digest -> hmacs.add("Hmac" + digest.joined()));
    hmacs.removeAll(AlgorithmTable.HMACS);
    for (String hmac : hmacs) {
      names.add(new Name("Mac", hmac, i -> new Hmac(i, hmac)));
    }
    names.add(new Name("KeyAgreement", "X448", i -> new HandleKeyAgreement(i, "X448")));
    if (KemInterfaces.areThere()) {
      names.add(new Name("KEM", "DHKEM", i -> new HandleKem(i, "DHKEM").spi()));
    }
    return names;
  }

  private static void addCipher(List<Name> names, String transformation) {
    names.add(new Name("Cipher", transformation, i -> new RefusedCipher(i, transformation)));
  }
}
