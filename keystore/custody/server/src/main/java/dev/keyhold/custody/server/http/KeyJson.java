package dev.keyhold.custody.server.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.keyhold.admin.KeyUses;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.AllFacets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Keys and backends as JSON (docs/CUSTODY-WIRE.md, section 4). Stateless. */
final class KeyJson {
  private static final List<KeySpec> SECRET_KEYS =
      List.of(
          new KeySpec("AES", 128),
          new KeySpec("AES", 192),
          KeySpec.AES_256,
          KeySpec.hmac("HmacSHA256"),
          KeySpec.hmac("HmacSHA384"),
          KeySpec.hmac("HmacSHA512"));

  private KeyJson() {}

  static JsonObject of(KeyMetadata key) {
    JsonObject json = new JsonObject();
    json.addProperty("name", key.name());
    json.addProperty("uri", key.uri().toString());
    json.addProperty("identity", key.identity());
    json.addProperty("algorithm", key.spec().algorithm());
    json.addProperty("bits", key.spec().bits());
    json.add("purposes", words(key.purposes()));
    json.addProperty("state", key.state().name());
    JsonArray versions = new JsonArray();
    key.versions().forEach(version -> versions.add(of(version)));
    json.add("versions", versions);
    KeyAttributes more = key.attributes();
    JsonArray signatures = new JsonArray();
    more.signatures().forEach(signature -> signatures.add(of(signature)));
    json.add("signatures", signatures);
    JsonArray paddings = new JsonArray();
    more.paddings().forEach(padding -> paddings.add(of(padding)));
    json.add("paddings", paddings);
    json.addProperty("protection", more.protection());
    JsonObject labels = new JsonObject();
    more.labels().forEach(labels::addProperty);
    json.add("labels", labels);
    more.rotationPeriod()
        .ifPresent(period -> json.addProperty("rotation-period", period.toString()));
    more.destruction().ifPresent(time -> json.addProperty("destruction", time.toString()));
    return json;
  }

  private static JsonArray words(Collection<Purpose> purposes) {
    JsonArray words = new JsonArray();
    purposes.stream().map(Purpose::name).sorted().forEach(words::add);
    return words;
  }

  private static JsonObject of(KeyVersion version) {
    JsonObject json = new JsonObject();
    json.addProperty("id", version.id());
    json.addProperty("state", version.state().name());
    version.created().ifPresent(time -> json.addProperty("created", time.toString()));
    return json;
  }

  private static JsonObject of(SignatureAlgorithm algorithm) {
    JsonObject json = new JsonObject();
    json.addProperty("scheme", algorithm.scheme().name());
    json.addProperty("digest", algorithm.digest());
    json.addProperty("mgf", algorithm.mgfDigest());
    json.addProperty("salt", algorithm.saltLength());
    return json;
  }

  private static JsonObject of(RsaPadding padding) {
    JsonObject json = new JsonObject();
    json.addProperty("digest", padding.digest());
    json.addProperty("mgf", padding.mgfDigest());
    return json;
  }

  static JsonObject backend(KeyUses keys) {
    JsonObject json = new JsonObject();
    json.addProperty("type", keys.type());
    json.addProperty("keeper", keys.keeper().name());
    JsonArray facets = new JsonArray();
    for (Class<? extends Facet> facet : AllFacets.LIST) {
      if (keys.has(facet)) {
        facets.add(facet.getSimpleName());
      }
    }
    json.add("facets", facets);
    json.addProperty("max-mac", Math.min(keys.maxMacMessage(), Operations.MAX_MESSAGE));
    json.addProperty("max-sign", Math.min(keys.maxSignedMessage(), Operations.MAX_MESSAGE));
    JsonArray kinds = new JsonArray();
    List<KeySpec> specs = new ArrayList<>(SECRET_KEYS);
    specs.addAll(KeySpec.KEY_PAIRS);
    for (KeySpec spec : specs) {
      JsonObject kind = new JsonObject();
      kind.addProperty("algorithm", spec.algorithm());
      kind.addProperty("bits", spec.bits());
      kind.add("purposes", words(keys.purposesOf(spec)));
      kinds.add(kind);
    }
    json.add("kinds", kinds);
    return json;
  }
}
