/** The contract between Keyhold and the places where keys live: HSMs, cloud KMSs, a key file. */
@SuppressWarnings("module") // those that it is exported to are compiled later
module dev.keyhold.keystore {
  requires dev.keyhold.bouncycastle;

  exports dev.keyhold.keystore;
  exports dev.keyhold.keystore.kit to
      dev.keyhold,
      dev.keyhold.cli,
      dev.keyhold.custody.server,
      dev.keyhold.keystore.awskms,
      dev.keyhold.keystore.custodian,
      dev.keyhold.keystore.googlekms,
      dev.keyhold.keystore.pkcs11,
      dev.keyhold.keystore.software;
  exports dev.keyhold.keystore.facet;
  exports dev.keyhold.keystore.encoding to
      dev.keyhold,
      dev.keyhold.keystore.googlekms,
      dev.keyhold.keystore.pkcs11,
      dev.keyhold.keystore.software;
}
