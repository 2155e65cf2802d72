import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.time.Duration;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/** Apache MINA SSHD: a host key and a user's key that stay in a backend, one line for each. */
public class Ssh {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new dev.keyhold.KeyholdProvider());
    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, null);
    KeyPair host = pair(keys, "p256");
    for (String alias : new String[] {"p384", "rsa"}) {
      KeyPair user = pair(keys, alias);
      try (org.apache.sshd.server.SshServer server =
          org.apache.sshd.server.SshServer.setUpDefaultServer()) {
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator(
            (name, key, session) -> KeyUtils.compareKeys(key, user.getPublic()));
        server.start();
        try (SshClient client = SshClient.setUpDefaultClient()) {
          client.setServerKeyVerifier(
              (session, address, key) -> KeyUtils.compareKeys(key, host.getPublic()));
          client.start();
          try (ClientSession session =
              client
                  .connect("user", "127.0.0.1", server.getPort())
                  .verify(Duration.ofSeconds(60))
                  .getSession()) {
            session.addPublicKeyIdentity(user);
            session.auth().verify(Duration.ofSeconds(60));
            System.out.println("RESULT\thost key p256, user's key " + alias + "\tyes");
          }
        }
      }
    }
    if (Security.getProvider("BC") != null) {
      throw new AssertionError("Bouncy Castle came in");
    }
    System.out.println("OK");
  }

  private static KeyPair pair(KeyStore keys, String alias) throws Exception {
    return new KeyPair(
        keys.getCertificate(alias).getPublicKey(), (PrivateKey) keys.getKey(alias, null));
  }
}
