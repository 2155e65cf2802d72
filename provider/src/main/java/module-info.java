/**
 * Keyhold: a JCA provider whose keys live in an HSM, a KMS or an encrypted key file. Applications
 * use {@link dev.keyhold} and the JDK's own API; nothing else is exported.
 */
@SuppressWarnings("module") // the command line depends on this module, not the other way round
module dev.keyhold {
  requires transitive dev.keyhold.keystore;
  requires dev.keyhold.thirdparty;
  requires static java.sql;
  requires static jdk.jfr; // keytool and jarsigner start without it
  requires static io.opentelemetry.api;
  requires static io.opentelemetry.context;
  requires static io.opentelemetry.common;

  exports dev.keyhold;
  exports dev.keyhold.admin to
      dev.keyhold.cli,
      dev.keyhold.custody.server;

  uses dev.keyhold.keystore.BackendFactory;
  uses java.sql.Driver;

  provides java.security.Provider with
      dev.keyhold.KeyholdProvider;
}
