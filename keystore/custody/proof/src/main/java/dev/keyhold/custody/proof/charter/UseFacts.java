package dev.keyhold.custody.proof.charter;

/**
 * What is known of a use of a key before it is judged: who asks, for what, with which key. What a
 * use does not have is null. Immutable.
 *
 * @param identity the identity of the client's certificate
 * @param via how it came in: {@code library}, {@code xks} or {@code ekm}
 * @param operation what is asked
 * @param key the identity of the key, as the custodian's backend resolved it
 * @param version the version of the key
 * @param alias the alias that the application used: a claim
 * @param binding the binding of the wrap context
 * @param tenant the tenant of the wrap context
 * @param purpose the purpose: a claim
 * @param ticket the ticket: a claim
 * @param providerReason the reason that a cloud provider gave
 * @param access the id of the access, 32 hexadecimal digits
 * @param input the input by which a grant counts
 * @param epoch whether the use gives out an epoch key
 * @param confirm whether a wrap is unwrapped again and compared
 */
public record UseFacts(
    String identity,
    String via,
    Operation operation,
    String key,
    String version,
    String alias,
    String binding,
    String tenant,
    String purpose,
    String ticket,
    String providerReason,
    String access,
    String input,
    boolean epoch,
    boolean confirm) {

  /** Returns a builder with the facts that every use has. */
  public static Builder of(String identity, Operation operation, String key) {
    return new Builder(identity, operation, key);
  }

  /** Collects the facts of a use. Not thread-safe. */
  public static final class Builder {
    private final String identity;
    private final Operation operation;
    private final String key;
    private String via = "library";
    private String version;
    private String alias;
    private String binding;
    private String tenant;
    private String purpose;
    private String ticket;
    private String providerReason;
    private String access;
    private String input;
    private boolean epoch;
    private boolean confirm;

    private Builder(String identity, Operation operation, String key) {
      this.identity = identity;
      this.operation = operation;
      this.key = key;
    }

    /** Sets how the use came in. */
    public Builder via(String way) {
      this.via = way;
      return this;
    }

    /** Sets the version of the key. */
    public Builder version(String keyVersion) {
      this.version = keyVersion;
      return this;
    }

    /** Sets the alias that the application used. */
    public Builder alias(String name) {
      this.alias = name;
      return this;
    }

    /** Sets what the wrap context authenticates. */
    public Builder context(String contextBinding, String contextTenant) {
      this.binding = contextBinding;
      this.tenant = contextTenant;
      return this;
    }

    /** Sets what the application states. */
    public Builder claims(String statedPurpose, String statedTicket) {
      this.purpose = statedPurpose;
      this.ticket = statedTicket;
      return this;
    }

    /** Sets the reason that a cloud provider gave. */
    public Builder providerReason(String reason) {
      this.providerReason = reason;
      return this;
    }

    /** Sets the id of the access and the input by which a grant counts. */
    public Builder input(String accessId, String inputHash) {
      this.access = accessId;
      this.input = inputHash;
      return this;
    }

    /** Says that the use gives out an epoch key. */
    public Builder epoch(boolean isEpoch) {
      this.epoch = isEpoch;
      return this;
    }

    /** Says that a wrap is unwrapped again and compared. */
    public Builder confirm(boolean isConfirmed) {
      this.confirm = isConfirmed;
      return this;
    }

    /** Returns the facts. */
    public UseFacts build() {
      return new UseFacts(
          identity,
          via,
          operation,
          key,
          version,
          alias,
          binding,
          tenant,
          purpose,
          ticket,
          providerReason,
          access,
          input,
          epoch,
          confirm);
    }
  }
}
