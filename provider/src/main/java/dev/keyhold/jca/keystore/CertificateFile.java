package dev.keyhold.jca.keystore;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file of certificates (PEM or DER) that a configuration names for a private key. Stateless.
 */
public final class CertificateFile {
  private static final int MAX_LENGTH = 1 << 20;
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
  private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");

  private CertificateFile() {}

  /**
   * Reads a file.
   *
   * @return one certificate at least
   * @throws BackendException with MISCONFIGURED; the message names the file and what it is
   */
  public static List<X509Certificate> read(Path file) throws BackendException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_LENGTH);
      boolean marked = Arrays.equals(MARK, Arrays.copyOf(bytes, MARK.length));
      byte[] text = marked ? Arrays.copyOfRange(bytes, MARK.length, bytes.length) : bytes;
      Optional<String> fault = fault(text);
      if (fault.isPresent()) {
        throw misconfigured(file, fault.get(), null);
      }
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(text))) {
        chain.add((X509Certificate) certificate);
      }
      if (chain.isEmpty()) {
        throw misconfigured(file, "holds no certificate", null);
      }
      return chain;
    } catch (NoSuchFileException e) {
      throw misconfigured(file, "does not exist", e);
    } catch (AccessDeniedException e) {
      throw misconfigured(file, "may not be read by this user", e);
    } catch (IOException | CertificateException e) {
      throw misconfigured(file, "cannot be read as certificates (PEM): " + e.getMessage(), e);
    }
  }

  /** Returns what is in a file that is no certificate. */
  private static Optional<String> fault(byte[] bytes) {
    int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
    if (first == 0xfeff || first == 0xfffe) {
      return Optional.of("is UTF-16: save it as ASCII or UTF-8");
    }
    Matcher block = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    while (block.find()) {
      String type = block.group(1);
      if (type.contains("PRIVATE KEY")) {
        return Optional.of(
            "holds a private key (BEGIN "
                + type
                + "), which does not belong there: the key is at its backend. Keep the"
                + " certificates alone in it, and keep that key from others");
      }
      if (!type.contains("CERTIFICATE") || type.contains("REQUEST")) {
        return Optional.of("holds a " + type + ", where certificates are wanted");
      }
    }
    return Optional.empty();
  }

  private static BackendException misconfigured(Path file, String what, Exception cause) {
    return new BackendException(Reason.MISCONFIGURED, "file " + file + " " + what, cause);
  }
}
