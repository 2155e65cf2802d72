package dev.keyhold.conformance.stream;

import dev.keyhold.KeyholdInputStream;
import dev.keyhold.KeyholdOutputStream;
import dev.keyhold.KeyholdProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.CipherOutputStream;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts and decrypts a stream that is larger than the heap: one thread encrypts generated data
 * into a pipe, the other decrypts what comes out and compares. Arguments: configuration, alias,
 * number of MiB, {@code jdk} or {@code keyhold} for whose streams.
 */
final class LargeStreamProgram {
  private static final int PIECE = 1 << 20;
  private static final int PIPE = 1 << 18;
  private static final GCMParameterSpec IV = new GCMParameterSpec(128, new byte[12]);

  private final KeyholdProvider provider;
  private final Key key;
  private final boolean ofTheJdk;

  private LargeStreamProgram(KeyholdProvider provider, Key key, boolean ofTheJdk) {
    this.provider = provider;
    this.key = key;
    this.ofTheJdk = ofTheJdk;
  }

  public static void main(String[] args) throws Exception {
    try (KeyholdProvider provider = new KeyholdProvider().configure(args[0])) {
      KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
      keyStore.load(null, null);
      Key key = keyStore.getKey(args[1], null);
      new LargeStreamProgram(provider, key, args[3].equals("jdk")).run(Integer.parseInt(args[2]));
    }
  }

  private void run(int pieces) throws Exception {
    PipedOutputStream to = new PipedOutputStream();
    try (PipedInputStream from = new PipedInputStream(to, PIPE)) {
      CompletableFuture<Void> sealing = CompletableFuture.runAsync(() -> seal(to, pieces));
      long bytes = openAndCompare(from);
      sealing.get();
      System.out.println("OK " + bytes);
    }
  }

  private void seal(OutputStream to, int pieces) {
    byte[] piece = new byte[PIECE];
    try (OutputStream out = sealing(to)) {
      for (int i = 0; i < pieces; i++) {
        Arrays.fill(piece, (byte) i);
        out.write(piece);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private long openAndCompare(InputStream from) throws IOException, GeneralSecurityException {
    byte[] piece = new byte[PIECE];
    byte[] expected = new byte[PIECE];
    long bytes = 0;
    try (InputStream in = opening(from)) {
      for (int i = 0; ; i++) {
        int length = in.readNBytes(piece, 0, PIECE);
        Arrays.fill(expected, (byte) i);
        if (!Arrays.equals(expected, 0, length, piece, 0, length)) {
          throw new IllegalStateException("piece " + i + " differs");
        }
        bytes += length;
        if (length < PIECE) {
          return bytes;
        }
      }
    }
  }

  private OutputStream sealing(OutputStream to) throws GeneralSecurityException {
    return ofTheJdk
        ? new CipherOutputStream(to, cipher(Cipher.ENCRYPT_MODE))
        : new KeyholdOutputStream(to, key);
  }

  private InputStream opening(InputStream from) throws GeneralSecurityException {
    return ofTheJdk
        ? new CipherInputStream(from, cipher(Cipher.DECRYPT_MODE))
        : new KeyholdInputStream(from, key);
  }

  private Cipher cipher(int mode) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, IV);
    return cipher;
  }
}
