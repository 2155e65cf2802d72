package dev.keyhold.conformance.clients;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Embedded Tomcat; its connector is told what stands in a {@code server.xml}. */
final class TomcatServer implements TlsServer {
  private final Tomcat tomcat;

  private TomcatServer(Tomcat tomcat) {
    this.tomcat = tomcat;
  }

  static String version() {
    return ServerInfo.getServerNumber().replaceFirst("\\.0$", "");
  }

  static TomcatServer start(Site site, Scheme scheme) throws Exception {
    Path base = Files.createTempDirectory(site.folder(), "tomcat");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    tomcat.setSilent(true);
    tomcat.setConnector(connector(site, scheme));
    StandardContext context = (StandardContext) tomcat.addContext("", null);
    // looking for leaks of redeployed applications needs --add-opens
    context.setClearReferencesObjectStreamClassCaches(false);
    context.setClearReferencesRmiTargets(false);
    context.setClearReferencesThreadLocals(false);
    Tomcat.addServlet(context, "who", new Who());
    context.addServletMappingDecoded("/", "who");
    tomcat.start();
    return new TomcatServer(tomcat);
  }

  private static Connector connector(Site site, Scheme scheme) throws Exception {
    Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
    connector.setPort(0);
    connector.setScheme("https");
    connector.setSecure(true);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("SSLEnabled", "true");
    connector.setProperty(
        "sslImplementationName", "org.apache.tomcat.util.net.jsse.JSSEImplementation");
    SSLHostConfig host = new SSLHostConfig();
    host.setProtocols("TLSv1.2+TLSv1.3");
    host.setCertificateVerification("optional");
    host.setTrustStore(site.authority().trustStore());
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setCertificateKeystoreFile("NONE");
    certificate.setCertificateKeystoreType("Keyhold");
    certificate.setCertificateKeystoreProvider("Keyhold");
    certificate.setCertificateKeyAlias(scheme.alias());
    host.addCertificate(certificate);
    connector.addSslHostConfig(host);
    return connector;
  }

  private static final class Who extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      X509Certificate[] chain =
          (X509Certificate[]) request.getAttribute("jakarta.servlet.request.X509Certificate");
      response.setHeader("Connection", "close");
      response
          .getWriter()
          .write(chain == null ? NOBODY : chain[0].getSubjectX500Principal().getName());
    }
  }

  @Override
  public int port() {
    return tomcat.getConnector().getLocalPort();
  }

  @Override
  public void close() {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }
}
