import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyStoreOptions;
import java.security.Security;

/** A server of Vert.x with an alias of the live key store. Ends when its input does. */
public class VertxServer {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new dev.keyhold.KeyholdProvider());
    Vertx vertx = Vertx.vertx();
    HttpServer server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(new KeyStoreOptions().setType("Keyhold").setAlias("p256")))
            .requestHandler(request -> request.response().end("nobody"))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    System.out.println("PORT " + server.actualPort());
    System.in.read();
    vertx.close();
  }
}
