package dev.keyhold.keystore.googlekms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.HttpProxy;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * The proxy that this JVM or its environment names. gRPC's own detector knows neither {@code
 * HTTPS_PROXY} nor {@code https.proxyUser}. Stateless.
 */
final class SystemProxy implements ProxyDetector {
  @Override
  public ProxiedSocketAddress proxyFor(SocketAddress server) throws IOException {
    if (!(server instanceof InetSocketAddress inet)) {
      return null;
    }
    String host = inet.getHostString();
    String name = host.contains(":") ? "[" + host + "]" : host;
    Optional<HttpProxy> proxy;
    try {
      proxy = HttpProxy.of(URI.create("https://" + name + ":" + inet.getPort()));
    } catch (BackendException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (proxy.isEmpty()) {
      return null;
    }
    InetSocketAddress address = proxy.get().address();
    InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    if (resolved.isUnresolved()) {
      throw new UnknownHostException(proxy.get().toString());
    }
    HttpConnectProxiedSocketAddress.Builder builder =
        HttpConnectProxiedSocketAddress.newBuilder()
            .setTargetAddress(inet)
            .setProxyAddress(resolved);
    if (proxy.get().hasUser()) {
      builder
          .setUsername(proxy.get().user())
          .setPassword(new String(proxy.get().password())); // gRPC accepts nothing else
    }
    return builder.build();
  }
}
