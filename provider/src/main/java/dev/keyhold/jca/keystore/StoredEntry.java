package dev.keyhold.jca.keystore;

import dev.keyhold.keystore.KeyUri;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An entry of a key store file. */
sealed interface StoredEntry {
  /** Returns when it was set. */
  Instant bound();

  /** A secret key at a backend. */
  record Secret(KeyUri uri, String algorithm, Instant bound) implements StoredEntry {}

  /** A private key at a backend, with the certificates that the backend need not keep. */
  record Private(KeyUri uri, String algorithm, List<X509Certificate> chain, Instant bound)
      implements StoredEntry {
    public Private {
      chain = List.copyOf(chain);
    }
  }

  /** A certificate that the application trusts. */
  record Trusted(X509Certificate certificate, Instant bound) implements StoredEntry {}

  /** The numbers that stand for the kinds of entries. */
  int SECRET = 1;

  /** As {@link #SECRET}. */
  int PRIVATE = 2;

  /** As {@link #SECRET}. */
  int TRUSTED = 3;

  /** Reads an entry of version 1: a secret key, with no number before it. */
  static StoredEntry readFirstVersion(DataInputStream in) throws IOException {
    KeyUri uri = KeyUri.parse(in.readUTF());
    String algorithm = in.readUTF();
    return new Secret(uri, algorithm, Instant.ofEpochMilli(in.readLong()));
  }

  /**
   * Reads an entry.
   *
   * @throws IllegalArgumentException if it names a key that is none
   */
  static StoredEntry read(DataInputStream in) throws IOException {
    int kind = in.readUnsignedByte();
    Instant bound = Instant.ofEpochMilli(in.readLong());
    return switch (kind) {
      case SECRET -> new Secret(KeyUri.parse(in.readUTF()), in.readUTF(), bound);
      case PRIVATE -> new Private(KeyUri.parse(in.readUTF()), in.readUTF(), chain(in), bound);
      case TRUSTED -> new Trusted(certificate(in), bound);
      default -> throw new IOException("the key store has an entry of kind " + kind);
    };
  }

  private static List<X509Certificate> chain(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    List<X509Certificate> chain = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chain.add(certificate(in));
    }
    return chain;
  }

  /** Writes an entry. */
  static void write(DataOutputStream out, StoredEntry entry) throws IOException {
    if (entry instanceof Secret secret) {
      out.writeByte(SECRET);
      out.writeLong(entry.bound().toEpochMilli());
      out.writeUTF(secret.uri().toString());
      out.writeUTF(secret.algorithm());
    } else if (entry instanceof Private key) {
      out.writeByte(PRIVATE);
      out.writeLong(entry.bound().toEpochMilli());
      out.writeUTF(key.uri().toString());
      out.writeUTF(key.algorithm());
      out.writeShort(key.chain().size());
      for (X509Certificate certificate : key.chain()) {
        write(out, certificate);
      }
    } else if (entry instanceof Trusted trusted) {
      out.writeByte(TRUSTED);
      out.writeLong(entry.bound().toEpochMilli());
      write(out, trusted.certificate());
    }
  }

  private static X509Certificate certificate(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("the key store ends within a certificate");
    }
    try {
      return CertificateChains.parse(in.readNBytes(length));
    } catch (CertificateException e) {
      throw new IOException("the key store has a certificate that is none", e);
    }
  }

  private static void write(DataOutputStream out, X509Certificate certificate) throws IOException {
    try {
      byte[] encoded = certificate.getEncoded();
      out.writeInt(encoded.length);
      out.write(encoded);
    } catch (CertificateEncodingException e) {
      throw new IOException("a certificate has no encoding", e);
    }
  }
}
