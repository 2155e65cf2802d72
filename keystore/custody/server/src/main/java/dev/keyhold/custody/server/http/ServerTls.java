package dev.keyhold.custody.server.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The TLS of the custodian. Its key and certificate are read again when their files were changed. A
 * client's certificate only proves here that the client has its key: who it is, {@link
 * ClientIdentity} says for each request, with words for what is wrong.
 */
final class ServerTls {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.custody");

  private ServerTls() {}

  static SSLContext context(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    Renewed keys = new Renewed(certificate, key);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, new TrustManager[] {new AnyWithItsKey()}, null);
    return context;
  }

  /** A key and its certificates, as they were read. */
  private record Identity(
      String alias, PrivateKey key, List<X509Certificate> chain, List<FileTime> times) {}

  private static final class Renewed extends X509ExtendedKeyManager {
    private final Path certificate;
    private final Path key;
    private int number;
    private Identity current;
    private Identity before;

    Renewed(Path certificate, Path key) throws IOException {
      this.certificate = certificate;
      this.key = key;
      current = read(times());
      before = current;
    }

    private List<FileTime> times() throws IOException {
      return List.of(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
    }

    private Identity read(List<FileTime> times) throws IOException {
      return new Identity(
          "keyhold-" + number++, PemFiles.key(key), PemFiles.certificates(certificate), times);
    }

    private synchronized Identity present() {
      try {
        List<FileTime> times = times();
        if (!times.equals(current.times)) {
          Identity fresh = read(times);
          before = current;
          current = fresh;
        }
      } catch (IOException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the new certificate or key of the custodian can't be read; the one before serves on",
            e);
      }
      return current;
    }

    private synchronized Identity of(String alias) {
      return alias.equals(current.alias) ? current : alias.equals(before.alias) ? before : null;
    }

    private String alias(String type) {
      Identity identity = present();
      String own = identity.key.getAlgorithm();
      boolean fits = type.equals(own) || (type.startsWith("Ed") && own.startsWith("Ed"));
      return fits || type.startsWith(own + "_") ? identity.alias : null;
    }

    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
      return alias(type);
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return alias(type);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      Identity identity = of(alias);
      return identity == null ? null : identity.chain.toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      Identity identity = of(alias);
      return identity == null ? null : identity.key;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      String alias = alias(type);
      return alias == null ? null : new String[] {alias};
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return null;
    }
  }

  private static final class AnyWithItsKey extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("this is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("this is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this is a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
