/** The contract between Keyhold and the places where keys live: HSMs, cloud KMSs, a key file. */
module dev.keyhold.keystore {
  exports dev.keyhold.keystore;
  exports dev.keyhold.keystore.encoding;
}
