package dev.keyhold.observe;

import io.opentelemetry.api.common.AttributeKey;

/** The names of metrics and spans. They are a contract: OBSERVABILITY.md lists them. */
final class OtelNames {
  /** The name of the meter and the tracer. */
  static final String SCOPE = "dev.keyhold";

  static final String USE_DURATION = "keyhold.key.use.duration";
  static final String USE_RETRIES = "keyhold.key.use.retries";
  static final String BREAKER_CHANGES = "keyhold.breaker.changes";
  static final String RENEWAL_DURATION = "keyhold.epoch.renewal.duration";
  static final String CACHE_OBJECTS = "keyhold.epoch.cache.objects";

  static final String OBJECTS = "keyhold.objects";

  /** An event of a span. */
  static final String RETRY = "keyhold.retry";

  static final AttributeKey<String> BACKEND = AttributeKey.stringKey("keyhold.backend");
  static final AttributeKey<String> BACKEND_TYPE = AttributeKey.stringKey("keyhold.backend.type");
  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("keyhold.operation");
  static final AttributeKey<String> KEY = AttributeKey.stringKey("keyhold.key");
  static final AttributeKey<String> ALIAS = AttributeKey.stringKey("keyhold.alias");
  static final AttributeKey<String> TENANT = AttributeKey.stringKey("keyhold.tenant");
  static final AttributeKey<String> PURPOSE = AttributeKey.stringKey("keyhold.purpose");
  static final AttributeKey<String> TICKET = AttributeKey.stringKey("keyhold.ticket");
  static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("keyhold.attempts");
  static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("keyhold.attempt");
  static final AttributeKey<String> BREAKER_STATE = AttributeKey.stringKey("keyhold.breaker.state");
  static final AttributeKey<String> RENEWAL_CAUSE = AttributeKey.stringKey("keyhold.renewal.cause");
  static final AttributeKey<String> CACHE = AttributeKey.stringKey("keyhold.cache");
  static final AttributeKey<String> CACHE_RESULT = AttributeKey.stringKey("keyhold.cache.result");
  static final AttributeKey<String> OBJECT_OPERATION =
      AttributeKey.stringKey("keyhold.object.operation");
  static final AttributeKey<Long> PROVIDER = AttributeKey.longKey("keyhold.provider");

  /** OpenTelemetry's own; there where something failed. */
  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  private OtelNames() {}
}
