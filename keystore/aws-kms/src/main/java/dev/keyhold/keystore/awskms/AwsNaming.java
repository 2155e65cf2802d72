package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.facet.Naming;
import java.util.Optional;

/** Names of keys: the aliases of the service. Thread-safe. */
final class AwsNaming implements Naming {
  private final KmsConnection connection;
  private final AwsKeyDirectory directory;

  AwsNaming(KmsConnection connection, AwsKeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
  }

  @Override
  public KeyMetadata rename(String key, String newName) throws BackendException {
    KnownKey known = directory.fresh(key);
    checkName(newName);
    requireFree(newName);
    // by its ARN, a key loses its only name; of several, it is unknown which is meant
    Optional<String> former =
        AwsKmsUri.isArn(key) ? directory.onlyName(known.arn()) : Optional.of(key);
    createAlias(newName, known.arn());
    if (former.isPresent()) {
      try {
        deleteAlias(former.get());
      } catch (BackendException e) {
        throw new BackendException(
            e.reason(),
            "the key has its new name, but the old one could not be taken off: " + e.getMessage(),
            e);
      }
    }
    return directory.changed(newName);
  }

  @Override
  public KeyUri unname(String key) throws BackendException {
    KnownKey known = directory.fresh(key);
    String name = key;
    if (AwsKmsUri.isArn(key)) {
      name =
          directory
              .firstName(known.arn())
              .orElseThrow(
                  () -> new BackendException(Reason.NOT_FOUND, "this key has no name to take off"));
    }
    deleteAlias(name);
    return AwsKmsUri.of(known.arn());
  }

  void createAlias(String name, String arn) throws BackendException {
    connection.call(
        "CreateAlias",
        AwsKmsUri.ALIAS + name,
        client ->
            client.createAlias(
                request -> request.aliasName(AwsKmsUri.ALIAS + name).targetKeyId(arn)));
    directory.forget(name);
  }

  private void deleteAlias(String name) throws BackendException {
    directory.forget(name);
    connection.call(
        "DeleteAlias",
        AwsKmsUri.ALIAS + name,
        client -> client.deleteAlias(request -> request.aliasName(AwsKmsUri.ALIAS + name)));
    directory.forget(name);
  }

  /**
   * Requires that a name is not used: the service refuses a second key of the name only after the
   * key was made.
   */
  void requireFree(String name) throws BackendException {
    try {
      directory.fresh(name);
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return;
      }
      throw e;
    }
    throw new BackendException(
        Reason.DENIED, "there is a key named '" + name + "' already: take another name");
  }

  static void checkName(String name) throws BackendException {
    if (!AwsKmsUri.isName(name)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "'%s' can't be the name of a KMS alias: 1 to 250 of A-Z a-z 0-9 / _ -, not beginning"
                  .formatted(name)
              + " with aws/");
    }
  }
}
