import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a JVM does that has nothing to do with Keyhold; prints what came of it, to be compared with and without Keyhold. Arguments: a PKCS#12 key store with a
 * server's key, its password, a signed jar.
 */
public class Hygiene {
  private static final byte[] KEY = new byte[32];

  public static void main(String[] args) throws Exception {
    char[] password = args[1].toCharArray();
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    int generated = generator.generateKey().getEncoded().length;
    System.out.println("KeyGenerator AES: " + generator.getProvider().getName() + " " + generated);
    KeyGenerator sized = KeyGenerator.getInstance("HmacSHA256");
    sized.init(512);
    System.out.println("KeyGenerator HmacSHA256: " + sized.generateKey().getEncoded().length);
    System.out.println("SecureRandom: " + new SecureRandom().getAlgorithm());
    System.out.println("SHA-256: " + MessageDigest.getInstance("SHA-256").getProvider().getName());
    cipher();
    mac();
    pkcs12(password);
    tls(args[0], password);
    jar(args[2]);
  }

  private static void cipher() throws Exception {
    Cipher delayed = Cipher.getInstance("AES/GCM/NoPadding");
    delayed.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(KEY, "AES"), new GCMParameterSpec(128, KEY));
    System.out.println("Cipher: " + delayed.getProvider().getName() + " " + Arrays.toString(delayed.doFinal(KEY)));
    Cipher pinned = Cipher.getInstance("AES/GCM/NoPadding");
    int blockSize = pinned.getBlockSize();
    pinned.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(KEY, "AES"), new GCMParameterSpec(128, KEY));
    System.out.println("pinned Cipher: " + blockSize + " " + Arrays.toString(pinned.doFinal(KEY)));
  }

  private static void mac() throws Exception {
    Mac delayed = Mac.getInstance("HmacSHA256");
    delayed.init(new SecretKeySpec(KEY, "HmacSHA256"));
    System.out.println("Mac: " + delayed.getProvider().getName() + " " + Arrays.toString(delayed.doFinal(KEY)));
    Mac pinned = Mac.getInstance("HmacSHA256");
    int length = pinned.getMacLength();
    pinned.init(new SecretKeySpec(KEY, "HmacSHA256"));
    System.out.println("pinned Mac: " + length + " " + Arrays.toString(pinned.doFinal(KEY)));
  }

  private static void pkcs12(char[] password) throws Exception {
    KeyStore keyStore = KeyStore.getInstance("PKCS12");
    keyStore.load(null, null);
    keyStore.setKeyEntry("a", new SecretKeySpec(KEY, "AES"), password, null);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    keyStore.store(file, password);
    KeyStore again = KeyStore.getInstance("PKCS12");
    again.load(new ByteArrayInputStream(file.toByteArray()), password);
    byte[] read = again.getKey("a", password).getEncoded();
    System.out.println("PKCS12: " + again.getProvider().getName() + " " + Arrays.equals(KEY, read));
  }

  private static void tls(String file, char[] password) throws Exception {
    KeyStore keyStore = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      keyStore.load(in, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(keyStore, password);
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keyStore);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 2, loopback)) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(server));
      for (int i = 0; i < 2; i++) { // the second resumes the first one's session
        try (SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(loopback, server.getLocalPort())) {
          client.getOutputStream().write(42);
          int answer = client.getInputStream().read();
          System.out.println("TLS: " + client.getSession().getProtocol() + " " + client.getSession().getCipherSuite() + " " + answer);
        }
      }
      served.get();
    }
  }

  private static void serve(SSLServerSocket server) {
    try {
      for (int i = 0; i < 2; i++) {
        try (SSLSocket socket = (SSLSocket) server.accept()) {
          socket.getOutputStream().write(socket.getInputStream().read() + 1);
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void jar(String file) throws Exception {
    try (JarFile jar = new JarFile(file, true)) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        try (InputStream in = jar.getInputStream(entry)) {
          in.readAllBytes();
        }
        int signers = entry.getCodeSigners() == null ? 0 : entry.getCodeSigners().length;
        System.out.println("jar: " + entry.getName() + " " + signers);
      }
    }
  }
}
