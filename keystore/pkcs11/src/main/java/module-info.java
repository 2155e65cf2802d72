/** Keys in an HSM, through the JDK's SunPKCS11. */
@SuppressWarnings("module") // the digits are the name of the standard
module dev.keyhold.keystore.pkcs11 {
  requires dev.keyhold.keystore;
  requires jdk.crypto.cryptoki;

  uses java.security.Provider;

  provides dev.keyhold.keystore.BackendFactory with
      dev.keyhold.keystore.pkcs11.Pkcs11BackendFactory;
}
