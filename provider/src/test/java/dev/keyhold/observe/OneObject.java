package dev.keyhold.observe;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.security.KeyStore;
import java.util.Set;
import javax.crypto.Cipher;

/** A program that encrypts one object under an epoch key. Argument: its configuration. */
public final class OneObject {
  private OneObject() {}

  /** Says how long the object is. */
  public static void main(String[] arguments) throws Exception {
    try (KeyholdProvider provider = new KeyholdProvider().configure(arguments[0])) {
      KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
      keyStore.load(null, null);
      FakeBackend.Factory.LAST
          .get("b")
          .create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(Cipher.ENCRYPT_MODE, keyStore.getKey("orders", null));
      System.out.println("an object of " + cipher.doFinal(new byte[3]).length + " bytes");
    }
  }
}
