import dev.keyhold.KeyholdKeyManagers;
import dev.keyhold.KeyholdProvider;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Arrays;

/**
 * A gRPC server with Netty's commonest call, the key and its chain, or with the factory of a key
 * manager. Arguments: a folder, {@code unchanged} or {@code factory}. Ends when its input does.
 */
public class GrpcServer {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new KeyholdProvider());
    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, null);
    PrivateKey key = (PrivateKey) keys.getKey("p256", null);
    X509Certificate[] chain =
        Arrays.copyOf(keys.getCertificateChain("p256"), 2, X509Certificate[].class);
    SslContextBuilder context =
        args[1].equals("factory")
            ? SslContextBuilder.forServer(KeyholdKeyManagers.factory(key, chain))
            : SslContextBuilder.forServer(key, chain);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .sslContext(GrpcSslContexts.configure(context, SslProvider.JDK).build())
            .build()
            .start();
    System.out.println("PORT " + server.getPort());
    System.in.read();
    server.shutdownNow();
  }
}
