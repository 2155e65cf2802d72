import dev.keyhold.KeyholdProvider;
import java.security.KeyStore;
import java.security.Security;
import javax.crypto.Cipher;

/** Configures Keyhold and uses no backend. Argument: its configuration. */
public class Startup {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new KeyholdProvider().configure(args[0]));
    Cipher.getInstance("AES/GCM/NoPadding");
    KeyStore.getInstance("Keyhold");
    System.out.println("services " + Security.getProvider("Keyhold").getServices().size());
  }
}
