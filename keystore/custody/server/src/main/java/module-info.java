/** The custodian: a process that alone holds the credential of an HSM or a KMS. */
module dev.keyhold.custody.server {
  requires dev.keyhold.custody.proof;
  requires dev.keyhold;
  requires dev.keyhold.keystore;
}
