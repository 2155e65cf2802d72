package dev.keyhold.conformance.clients;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.Version;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Netty with the JDK's engine; its answer is bare HTTP. */
final class NettyServer implements TlsServer {
  private final EventLoopGroup threads;
  private final Channel channel;

  private NettyServer(SslContext context) throws InterruptedException {
    threads = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    channel =
        new ServerBootstrap()
            .group(threads)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel accepted) {
                    accepted.pipeline().addLast(context.newHandler(accepted.alloc()), new Who());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  static String version() {
    return Version.identify().get("netty-handler").artifactVersion();
  }

  static NettyServer start(Site site, Scheme scheme) throws Exception {
    return new NettyServer(
        SslContextBuilder.forServer(site.keyManager(scheme))
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.2", "TLSv1.3")
            .trustManager(site.trust())
            .clientAuth(ClientAuth.OPTIONAL)
            .build());
  }

  static NettyServer start(SslContext context) throws InterruptedException {
    return new NettyServer(context);
  }

  private static final class Who extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
      String client = NOBODY;
      try {
        client =
            context
                .pipeline()
                .get(SslHandler.class)
                .engine()
                .getSession()
                .getPeerPrincipal()
                .getName();
      } catch (SSLPeerUnverifiedException e) {
        // it showed none
      }
      String answer =
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(client.length(), client);
      context
          .writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII))
          .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // the client sees it
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
