/**
 * What auditors read of the custodian: signed texts, the charter and its evaluation, the log, and
 * the verifier. The JDK alone, no network.
 */
@SuppressWarnings("module") // those that it is exported to are compiled later
module dev.keyhold.custody.proof {
  exports dev.keyhold.custody.proof;
  exports dev.keyhold.custody.proof.text;
  exports dev.keyhold.custody.proof.note;
  exports dev.keyhold.custody.proof.charter;
  exports dev.keyhold.custody.proof.statement;
  exports dev.keyhold.custody.proof.leaf;
  exports dev.keyhold.custody.proof.log;
  exports dev.keyhold.custody.proof.state;
  exports dev.keyhold.custody.proof.verify;
}
