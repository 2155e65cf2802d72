import dev.keyhold.KeyholdKeyManagers;
import dev.keyhold.KeyholdProvider;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Netty's server with its commonest call, the key and its chain, or with the factory of a key
 * manager. Arguments: a folder, {@code unchanged} or {@code factory}. Ends when its input does.
 */
public class NettyServer {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new KeyholdProvider());
    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, null);
    PrivateKey key = (PrivateKey) keys.getKey("p256", null);
    X509Certificate[] chain =
        Arrays.copyOf(keys.getCertificateChain("p256"), 2, X509Certificate[].class);
    SslContextBuilder builder =
        args[1].equals("factory")
            ? SslContextBuilder.forServer(KeyholdKeyManagers.factory(key, chain))
            : SslContextBuilder.forServer(key, chain);
    SslContext context = builder.sslProvider(SslProvider.JDK).build();
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    try {
      Channel server =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      channel.pipeline().addLast(context.newHandler(channel.alloc()));
                    }
                  })
              .bind(new InetSocketAddress("127.0.0.1", 0))
              .sync()
              .channel();
      System.out.println("PORT " + ((InetSocketAddress) server.localAddress()).getPort());
      System.in.read();
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
