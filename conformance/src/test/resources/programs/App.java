import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/** An application: no getInstance names a provider. Arguments: how Keyhold comes in, and its configuration. */
public class App {
  public static void main(String[] args) throws Exception {
    install(args[0], args[1]);

    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    SecretKey made = generator.generateKey();
    KeyGenerator macGenerator = KeyGenerator.getInstance("HmacSHA256");
    macGenerator.init(new KeyholdGenParameterSpec.Builder("macs").build());
    macGenerator.generateKey();

    KeyStore keyStore = KeyStore.getInstance("Keyhold");
    keyStore.load(null, null);
    Key key = keyStore.getKey("orders", null);
    require(key.equals(made), "the key store has another key");
    require(key.getEncoded() == null && key.getFormat() == null, "a handle with an encoding");

    byte[] plain = new byte[100_000];
    Arrays.fill(plain, (byte) 'x');
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    cipher.updateAAD(new byte[] {1, 2, 3});
    byte[] sealed = cipher.doFinal(plain);
    byte[] iv = cipher.getIV();
    require(Arrays.equals(plain, open(key, iv, sealed)), "decrypts to something else");
    sealed[sealed.length / 2] ^= 1;
    try {
      open(key, iv, sealed);
      throw new AssertionError("an altered object opens");
    } catch (AEADBadTagException e) {
      // as it must be
    }

    Key macKey = keyStore.getKey("macs", null);
    require(Arrays.equals(mac(macKey, "a"), mac(macKey, "a")), "two MACs of one message");
    require(!Arrays.equals(mac(macKey, "a"), mac(macKey, "b")), "one MAC of two messages");
    System.out.println("OK " + cipher.getProvider().getName());
  }

  private static void install(String how, String configuration) {
    switch (how) {
      case "first" -> Security.insertProviderAt(new KeyholdProvider().configure(configuration), 1);
      case "last" -> Security.addProvider(new KeyholdProvider().configure(configuration));
      case "configured-later" -> {
        Provider provider = new KeyholdProvider();
        Security.addProvider(provider);
        provider.configure(configuration);
      }
      case "by-property" -> Security.addProvider(new KeyholdProvider());
      case "registered" -> require(Security.getProvider("Keyhold") != null, "not registered");
      default -> throw new IllegalArgumentException(how);
    }
  }

  private static byte[] open(Key key, byte[] iv, byte[] sealed) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, iv));
    cipher.updateAAD(new byte[] {1, 2, 3});
    return cipher.doFinal(sealed);
  }

  private static byte[] mac(Key key, String message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(key);
    return mac.doFinal(message.getBytes());
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
