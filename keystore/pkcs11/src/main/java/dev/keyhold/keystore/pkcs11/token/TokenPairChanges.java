package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.pkcs11.pairs.ObjectLabel;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import dev.keyhold.keystore.pkcs11.pairs.TokenCertificate;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;

/**
 * New key pairs, labels and certificates in a token, through SunPKCS11's KeyStore. A private key
 * that loses its certificate can't be found any more, so each failed change is undone as far as
 * possible. Thread-safe.
 */
final class TokenPairChanges {
  // after a label that several certificates have, SunPKCS11 writes their issuers
  private static final String SHARED = "/";

  private final TokenKeyStore access;
  private final KeyStore keyStore;
  private final TokenPairStore pairs;

  TokenPairChanges(TokenKeyStore access, TokenPairStore pairs) {
    this.access = access;
    this.keyStore = access.keyStore();
    this.pairs = pairs;
  }

  /** Makes a key pair and stores it; DENIED if the label exists. */
  void store(String label, PairSource source) throws BackendException {
    access.exclusively(
        () -> {
          access.load();
          access.requireFree(label);
          requireUnshared(label);
          Certificate[] chain;
          try {
            Entry entry = source.get();
            chain = new Certificate[] {entry.certificate()};
            keyStore.setKeyEntry(label, entry.key(), null, chain);
          } catch (GeneralSecurityException | ProviderException e) {
            throw TokenKeyStore.translate("storing a key pair", e);
          }
          try {
            access.loadStored(label);
          } catch (BackendException e) {
            throw withdrawn(label, e);
          }
          pairs.lookUp(new PairRef(label, chain[0].getPublicKey())); // there may be two by now
        });
  }

  /**
   * Removes the new key again and returns the error. An earlier key left a certificate under this
   * label, which can't be seen before, and which SunPKCS11 can't distinguish from the new key's.
   */
  private BackendException withdrawn(String label, BackendException cause) {
    boolean found = false;
    try {
      for (String alias : Collections.list(keyStore.aliases())) {
        if (alias.startsWith(label + SHARED)) {
          found = true;
          keyStore.deleteEntry(alias);
        }
      }
    } catch (GeneralSecurityException | ProviderException e) {
      cause.addSuppressed(e); // the private key goes first, then it stops at the certificates
    }
    return found
        ? new BackendException(
            Reason.MISCONFIGURED,
            "the token has a certificate labelled '"
                + label
                + "' of an earlier key, so that the new key was taken back: remove all of this"
                + " label (pkcs11-tool --module LIBRARY --token-label TOKEN --login"
                + " --delete-object --type cert --label '"
                + label
                + "', until there is none), or choose another name",
            cause)
        : cause;
  }

  /** Gives a key pair another label; DENIED if that exists. */
  void relabel(PairRef pair, String to) throws BackendException {
    access.exclusively(
        () -> {
          access.load();
          access.requireFree(to);
          replace(pair, to, pairs.chain(pair));
        });
  }

  /** Replaces the certificates. */
  void keep(PairRef pair, List<X509Certificate> chain) throws BackendException {
    access.exclusively(
        () -> {
          access.load();
          // SunPKCS11 leaves a certificate there that is another one's issuer by its name, which
          // it may not even show, and then finds two under one CKA_ID: so the new one gets a
          // label, and with it a CKA_ID, of its own
          boolean unique = TokenCertificate.isOne((X509Certificate) pairs.chain(pair)[0]);
          String label = unique ? pair.label() : nextLabel(pair.label());
          replace(pair, label, chain.toArray(Certificate[]::new));
        });
  }

  /**
   * Replaces the certificate: SunPKCS11 finds the key by the certificate's public key, and moves
   * it.
   */
  private void replace(PairRef pair, String to, Certificate[] chain) throws BackendException {
    PrivateKey key = pairs.lookUp(pair); // an old handle may be dead
    Certificate[] before = pairs.chain(pair);
    try {
      keyStore.setKeyEntry(to, key, null, chain);
    } catch (GeneralSecurityException | ProviderException e) {
      throw restored(pair, key, before, TokenKeyStore.translate("replacing certificates", e));
    } finally {
      pairs.forget(pair);
    }
    access.load();
    if (!access.exists(to)) {
      BackendException gone =
          new BackendException(Reason.UNSUPPORTED, "the token does not keep such certificates");
      throw restored(pair, key, before, gone);
    }
  }

  /**
   * Stores the certificate again, since a key without its certificate can't be found any more.
   * Returns the error.
   */
  private BackendException restored(
      PairRef pair, PrivateKey key, Certificate[] before, BackendException cause) {
    try {
      access.load();
      if (!access.exists(pair.label())) {
        keyStore.setKeyEntry(pair.label(), key, null, before);
        access.loadStored(pair.label());
      }
      return cause;
    } catch (GeneralSecurityException | ProviderException | BackendException e) {
      BackendException lost =
          new BackendException(
              cause.reason(),
              cause.getMessage()
                  + "; the private key is in the token still, but not with one certificate of its"
                  + " label, and is not seen without: leave or write one for its CKA_ID with the"
                  + " HSM vendor's tool"
                  + " (pkcs11-tool --write-object CERTIFICATE.der --type cert --label '"
                  + pair.label()
                  + "' --id ID)",
              cause);
      lost.addSuppressed(e);
      return lost;
    }
  }

  private void requireUnshared(String label) throws BackendException {
    try {
      for (String alias : Collections.list(keyStore.aliases())) {
        if (alias.startsWith(label + SHARED)) {
          throw new BackendException(
              Reason.DENIED,
              "the token has certificates labelled '" + label + "' already: choose another name");
        }
      }
    } catch (GeneralSecurityException | ProviderException e) {
      throw TokenKeyStore.translate("reading the token's keys", e);
    }
  }

  private String nextLabel(String label) throws BackendException {
    ObjectLabel next = ObjectLabel.parse(label);
    do {
      next = next.next();
    } while (access.exists(next.toString()));
    return next.toString();
  }

  /** A private key and the certificate that it is stored with. */
  record Entry(PrivateKey key, X509Certificate certificate) {}

  /** Makes a key pair, not yet stored. */
  @FunctionalInterface
  interface PairSource {
    Entry get() throws GeneralSecurityException;
  }
}
