package dev.keyhold.policy;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of an alias, and the access for which it is used: a value that is passed with
 * the use from the application's call to the backend. Immutable and thread-safe.
 *
 * @param access for what its keys are used
 * @param protectWith how new objects are protected
 * @param writeQuorum for how many of the keys a new object is written at least
 * @param former further shapes that may still be decrypted
 * @param epochs how long epoch keys serve
 * @param tenancy whether its objects belong to tenants
 * @param declaration what is declared where the application declares nothing
 */
public record Policy(
    Access access,
    Shape protectWith,
    int writeQuorum,
    List<Shape> former,
    EpochBounds epochs,
    Tenancy tenancy,
    Declaration declaration) {
  /** Copies the list. */
  public Policy {
    former = List.copyOf(former);
  }

  /** Returns the alias as the application names it. */
  public String alias() {
    return access.alias();
  }

  /** Returns what the wraps of its objects are bound to; stays when the alias is renamed. */
  public String binding() {
    return access.binding();
  }

  /** Returns the tenant whose objects it is about; empty for none. */
  public Optional<String> tenant() {
    return access.tenant();
  }

  /** Returns all shapes that may be decrypted, the present one first. */
  public List<Shape> opensWith() {
    Set<Shape> shapes = new LinkedHashSet<>();
    shapes.add(protectWith);
    shapes.addAll(former);
    return List.copyOf(shapes);
  }

  /** Returns the one key of this alias, for uses that know no combination, such as a MAC. */
  public KeyRef soleKey() {
    if (protectWith.combinator() != Combinator.SINGLE) {
      throw new IllegalStateException("alias " + alias() + " has several keys");
    }
    return protectWith.keys().get(0);
  }

  /** Returns it without what it may decrypt beside its present shape. */
  public Policy withoutFormer() {
    return new Policy(access, protectWith, writeQuorum, List.of(), epochs, tenancy, declaration);
  }

  /** Returns it with another key in the place of its only one. */
  public Policy withSoleKey(KeyRef key) {
    return withShape(new Shape(protectWith.dataKeys(), protectWith.combinator(), List.of(key)));
  }

  /** Returns it for objects of another mode. */
  public Policy inMode(DataKeyMode dataKeys) {
    return withShape(new Shape(dataKeys, protectWith.combinator(), protectWith.keys()));
  }

  private Policy withShape(Shape shape) {
    return new Policy(access, shape, writeQuorum, former, epochs, tenancy, declaration);
  }

  /**
   * Returns it for the objects of a caller: wraps are bound to the tenant's name, and no epoch key
   * serves two tenants, purposes or tickets.
   *
   * @throws BackendException with MISCONFIGURED if the caller lacks a tenant or purpose that the
   *     alias requires
   */
  public Policy forObjects(Declared caller) throws BackendException {
    if (caller.tenant().isEmpty() && tenancy == Tenancy.REQUIRED) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the objects of alias %s belong to tenants (key.%s.tenant = required): name one by"
                  .formatted(alias(), alias())
              + " KeyholdParameterSpec.withTenant or KeyholdScope.ofTenant, or --tenant at the command"
              + " line");
    }
    return forUse(caller);
  }

  /**
   * Returns it for another use of a caller, such as a signature.
   *
   * @throws BackendException with MISCONFIGURED if the caller declares no purpose and the alias
   *     requires one
   */
  public Policy forUse(Declared caller) throws BackendException {
    Declared declared = declaration.completed(caller);
    if (declared.purpose().isEmpty() && declaration.required()) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "alias %s is used for a declared purpose only (key.%s.purpose = required): declare one by"
                  .formatted(alias(), alias())
              + " KeyholdScope.forPurpose or KeyholdParameterSpec.withPurpose, --purpose at the command"
              + " line, or the environment variable "
              + Declaration.PURPOSE_VARIABLE);
    }
    return forRead(caller);
  }

  /** Returns it for what a caller asks about its keys, which no alias requires a purpose for. */
  public Policy forRead(Declared caller) {
    Access declaredAccess = declaration.complete(access, caller);
    return declaredAccess.equals(access)
        ? this
        : new Policy(
            declaredAccess, protectWith, writeQuorum, former, epochs, tenancy, declaration);
  }
}
