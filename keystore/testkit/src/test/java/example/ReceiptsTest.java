package example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.testkit.KeyholdTest;
import dev.keyhold.testkit.Operation;
import java.security.KeyStore;
import java.security.ProviderException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiptsTest {
  private final KeyholdTest keyhold = KeyholdTest.create().alias("receipts").installed().build();
  private final Receipts receipts = new Receipts();

  @AfterEach
  void close() {
    keyhold.close();
  }

  @Test
  void inAnOutageTheUserIsAskedToComeBack() throws Exception {
    byte[] stored = receipts.write("coffee 3.20");
    keyhold.faults("memory").unavailable();
    assertEquals("please try again later", receipts.read(stored));
    keyhold.faults("memory").clear();
    assertEquals("coffee 3.20", receipts.read(stored));
  }

  @Test
  void duringAnOutageNothingIsStored() {
    keyhold.faults("memory").on(Operation.WRAP).unavailable();
    assertThrows(ProviderException.class, () -> receipts.write("coffee 3.20"));
  }

  @Test
  void aShortOutageIsNotSeen() throws Exception {
    byte[] stored = receipts.write("coffee 3.20");
    keyhold.faults("memory").on(Operation.UNWRAP).unavailable().times(3);
    assertEquals("coffee 3.20", receipts.read(stored));
    assertEquals(4, keyhold.calls("memory").count(Operation.UNWRAP, "receipts"));
  }

  @Test
  void anAlteredReceiptIsReported() throws Exception {
    byte[] stored = receipts.write("coffee 3.20");
    stored[stored.length - 1] ^= 1;
    assertEquals("this receipt was altered", receipts.read(stored));
  }

  /** The application's own class: the JDK's API only. */
  static final class Receipts {
    private static final GCMParameterSpec IV = new GCMParameterSpec(128, new byte[12]);

    byte[] write(String receipt) throws Exception {
      return cipher(Cipher.ENCRYPT_MODE).doFinal(receipt.getBytes(UTF_8));
    }

    String read(byte[] stored) throws Exception {
      try {
        return new String(cipher(Cipher.DECRYPT_MODE).doFinal(stored), UTF_8);
      } catch (AEADBadTagException e) {
        return "this receipt was altered";
      } catch (ProviderException e) {
        return "please try again later"; // the key's backend can't be reached now
      }
    }

    private static Cipher cipher(int mode) throws Exception {
      KeyStore keys = KeyStore.getInstance("Keyhold");
      keys.load(null, null);
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, keys.getKey("receipts", null), IV);
      return cipher;
    }
  }
}
