/** Keys behind a custodian, which uses them only as its charter allows. */
module dev.keyhold.keystore.custodian {
  requires dev.keyhold.keystore;
  requires java.net.http;

  provides dev.keyhold.keystore.BackendFactory with
      dev.keyhold.keystore.custodian.CustodianBackendFactory;
}
