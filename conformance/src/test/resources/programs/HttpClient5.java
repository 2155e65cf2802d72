import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.ssl.SSLContexts;

/** Apache HttpClient with a key store file. Arguments: its folder, the server's port. */
public class HttpClient5 {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new dev.keyhold.KeyholdProvider());
    Path folder = Path.of(args[0]);
    char[] password = "a password for tests".toCharArray();
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(folder.resolve("root.pem"))) {
      trusted.setCertificateEntry(
          "root", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    File file = folder.resolve("keys.khks").toFile();
    SSLContext context =
        SSLContexts.custom()
            .setKeyStoreType("Keyhold")
            .loadKeyMaterial(file, password, password, (aliases, parameters) -> "p384")
            .loadTrustMaterial(trusted, null)
            .build();
    try (CloseableHttpClient client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setTlsSocketStrategy(new DefaultClientTlsStrategy(context))
                    .build())
            .build()) {
      String url = "https://localhost:" + Files.readString(folder.resolve("port")) + "/";
      System.out.println(
          "OK "
              + client.execute(
                  new HttpGet(url), response -> EntityUtils.toString(response.getEntity())));
    }
  }
}
