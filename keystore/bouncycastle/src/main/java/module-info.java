/** The part of Bouncy Castle that Keyhold uses, in packages of its own. */
@SuppressWarnings("module") // those that it is exported to are compiled later
module dev.keyhold.bouncycastle {
  requires java.logging;

  exports dev.keyhold.bouncycastle.crypto to
      dev.keyhold.keystore.software;
  exports dev.keyhold.bouncycastle.crypto.generators to
      dev.keyhold.keystore;
  exports dev.keyhold.bouncycastle.crypto.kems to
      dev.keyhold.keystore.software;
  exports dev.keyhold.bouncycastle.crypto.params to
      dev.keyhold.keystore,
      dev.keyhold.keystore.software;
  exports dev.keyhold.bouncycastle.crypto.signers to
      dev.keyhold.keystore.software;
}
