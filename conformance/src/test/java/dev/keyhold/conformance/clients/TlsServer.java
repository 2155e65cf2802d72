package dev.keyhold.conformance.clients;

/**
 * A server of TLS 1.2 and 1.3 on a free port of this host. It answers whatever is asked with the
 * name of the client's certificate, or {@link #NOBODY}; it asks for one, and does without.
 */
interface TlsServer extends AutoCloseable {
  String NOBODY = "nobody";

  int port();

  @Override
  void close();

  /** The servers that are tried. */
  enum Kind {
    JDK("HttpsServer of the JDK") {
      @Override
      TlsServer start(Site site, Scheme scheme) throws Exception {
        return JdkServer.start(site, scheme);
      }
    },
    TOMCAT("Tomcat " + TomcatServer.version() + ", JSSE") {
      @Override
      TlsServer start(Site site, Scheme scheme) throws Exception {
        return TomcatServer.start(site, scheme);
      }
    },
    NETTY("Netty " + NettyServer.version() + ", SslProvider.JDK") {
      @Override
      TlsServer start(Site site, Scheme scheme) throws Exception {
        return NettyServer.start(site, scheme);
      }
    };

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** Starts one with the key of a scheme. */
    abstract TlsServer start(Site site, Scheme scheme) throws Exception;

    @Override
    public String toString() {
      return text;
    }
  }
}
