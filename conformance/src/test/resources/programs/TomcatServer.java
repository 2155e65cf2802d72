import java.nio.file.Path;
import java.security.Security;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat with a key store file. Argument: its folder. Ends when its input does. */
public class TomcatServer {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new dev.keyhold.KeyholdProvider());
    Path folder = Path.of(args[0]);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.resolve("tomcat").toString());
    tomcat.addContext("", null);
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setScheme("https");
    connector.setSecure(true);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("SSLEnabled", "true");
    SSLHostConfig host = new SSLHostConfig();
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setCertificateKeystoreFile(folder.resolve("keys.khks").toString());
    certificate.setCertificateKeystoreType("Keyhold");
    certificate.setCertificateKeystorePassword("a password for tests");
    certificate.setCertificateKeyAlias("p256");
    host.addCertificate(certificate);
    connector.addSslHostConfig(host);
    tomcat.setConnector(connector);
    tomcat.start();
    System.out.println("PORT " + connector.getLocalPort());
    System.in.read();
    tomcat.stop();
  }
}
