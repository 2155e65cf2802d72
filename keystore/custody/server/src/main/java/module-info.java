/** The custodian: a process that alone holds the credential of an HSM or a KMS. */
module dev.keyhold.custody.server {
  requires dev.keyhold.custody.proof;
  requires dev.keyhold;
  requires dev.keyhold.keystore;
  requires com.google.gson;
  requires info.picocli;
  requires java.logging;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires org.eclipse.jetty.server;

  opens dev.keyhold.custody.server.command to
      info.picocli;
}
