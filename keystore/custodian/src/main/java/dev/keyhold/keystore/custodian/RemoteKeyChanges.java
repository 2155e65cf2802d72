package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Suspension;

/** New keys, new versions, suspension, by way of a custodian. Thread-safe. */
final class RemoteKeyChanges implements KeyMaking, Rotation, Suspension {
  private static final int MAX_LABELS = 32;

  private final Requests requests;
  private final KnownKeys known;

  RemoteKeyChanges(Requests requests, KnownKeys known) {
    this.requests = requests;
    this.known = known;
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    if (request.labels().size() > MAX_LABELS) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a new key has at most %s labels at a custodian".formatted(MAX_LABELS));
    }
    JsonWriter json =
        requests
            .use(request.name())
            .put(
                "spec",
                new JsonWriter()
                    .put("algorithm", request.spec().algorithm())
                    .put("bits", request.spec().bits()))
            .put("purposes", request.purposes().stream().map(Enum::name).sorted().toList());
    if (!request.labels().isEmpty()) {
      json.put("labels", request.labels());
    }
    return changed("create", json);
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    return changed("rotate", requests.use(key));
  }

  @Override
  public KeyMetadata disable(String key) throws BackendException {
    return changed("disable", requests.use(key));
  }

  @Override
  public KeyMetadata enable(String key) throws BackendException {
    return changed("enable", requests.use(key));
  }

  private KeyMetadata changed(String operation, JsonWriter json) throws BackendException {
    KeyMetadata key = requests.change(operation, json, KeyReads::metadata).metadata();
    known.put(key);
    return key;
  }
}
