package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.kit.OneClient;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's HTTP client with the client's certificate: a new one when the files of certificate, key
 * or CAs have changed, and after a request that got no answer. Requests under way end with the
 * client that they began with. Thread-safe.
 */
final class HttpClients implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpClients.class.getPackageName());
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_FILE = 1 << 20;
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Settings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile HttpClient client;
  private volatile long looked;
  private volatile boolean closed;
  private SSLContext context;
  private byte[] digest;

  HttpClients(Settings settings) {
    this.settings = settings;
  }

  /** Returns the client for a request that begins now. */
  HttpClient current() throws BackendException {
    requireOpen();
    HttpClient made = client;
    if (made != null && System.nanoTime() - looked < LOOK_NANOS) {
      return made;
    }
    Interrupts.lock(lock, "the client's certificate");
    try {
      requireOpen();
      if (client == null || System.nanoTime() - looked >= LOOK_NANOS) {
        look();
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    return closed;
  }

  private void requireOpen() throws BackendException {
    if (closed) {
      throw OneClient.closed(null);
    }
  }

  /** Makes a client if the files have changed; one that works is kept until they can be read. */
  private void look() throws BackendException {
    looked = System.nanoTime();
    char[] key = new char[0];
    try {
      byte[] certificate = read("client-certificate", settings.certificate());
      byte[] ca = read("ca", settings.ca());
      key = settings.key().read();
      byte[] now = digest(certificate, key, ca);
      if (client == null || !Arrays.equals(now, digest)) {
        context = TlsContext.make(certificate, key, ca);
        replace();
        digest = now;
      }
    } catch (BackendException e) {
      if (client == null) {
        throw e;
      }
      LOG.log(
          Level.WARNING,
          "the certificate of the client was not read anew, and the last one stays in use: {0}",
          e.getMessage());
    } finally {
      Arrays.fill(key, '\0');
    }
  }

  private static byte[] read(String option, Path file) throws BackendException {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE + 1);
      if (bytes.length <= MAX_FILE) {
        return bytes;
      }
    } catch (IOException e) {
      throw new BackendException(
          Reason.MISCONFIGURED, "%s can't be read: %s".formatted(option, e), e);
    }
    throw new BackendException(
        Reason.MISCONFIGURED, "%s is longer than 1 MiB: %s".formatted(option, file));
  }

  private static byte[] digest(byte[] certificate, char[] key, byte[] ca) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256", "SUN");
      sha256.update(sha256.digest(certificate));
      for (char c : key) {
        sha256.update((byte) (c >> 8));
        sha256.update((byte) c);
      }
      byte[] first = sha256.digest();
      sha256.update(first);
      return sha256.digest(ca);
    } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }

  private void replace() {
    HttpClient old = client;
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    client =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT)
            .sslContext(context)
            .sslParameters(parameters)
            .build();
    if (old != null) {
      end(old, "shutdown");
    }
  }

  /** From JDK 21 on; before, a client ends when it is collected. */
  private static void end(HttpClient ended, String method) {
    try {
      HttpClient.class.getMethod(method).invoke(ended);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      // it is collected
    }
  }

  /** Uses the client of a request that got no answer, or a broken one, for no further one. */
  void retire(HttpClient failed) {
    lock.lock();
    try {
      if (client == failed && !closed) {
        replace();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      HttpClient last = client;
      client = null;
      if (last != null) {
        end(last, "shutdownNow");
      }
    } finally {
      lock.unlock();
    }
  }
}
