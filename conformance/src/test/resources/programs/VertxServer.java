import dev.keyhold.KeyholdKeyManagers;
import dev.keyhold.KeyholdProvider;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.KeyStoreOptions;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A server of Vert.x with an alias of the live key store, or with the factory of a key manager.
 * Arguments: a folder, {@code unchanged} or {@code factory}. Ends when its input does.
 */
public class VertxServer {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new KeyholdProvider());
    KeyCertOptions options =
        args[1].equals("factory")
            ? KeyCertOptions.wrap(KeyholdKeyManagers.factory(key(), chain()))
            : new KeyStoreOptions().setType("Keyhold").setAlias("p256");
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer server =
          vertx
              .createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(options))
              .requestHandler(request -> request.response().end("nobody"))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(60, TimeUnit.SECONDS);
      System.out.println("PORT " + server.actualPort());
      System.in.read();
    } finally {
      vertx.close();
    }
  }

  private static KeyStore keys() throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, null);
    return keys;
  }

  private static PrivateKey key() throws Exception {
    return (PrivateKey) keys().getKey("p256", null);
  }

  private static X509Certificate[] chain() throws Exception {
    return Arrays.copyOf(keys().getCertificateChain("p256"), 2, X509Certificate[].class);
  }
}
