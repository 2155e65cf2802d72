package dev.keyhold.routing;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the configuration says of an alias.
 *
 * @param alias as the application names it
 * @param binding what the wraps of its objects are bound to; stays when the alias is renamed
 * @param protectWith how new objects are protected
 * @param former further shapes that may still be decrypted
 * @param epochs how long epoch keys serve
 * @param tenancy whether its objects belong to tenants
 * @param tenant whose objects it is about; empty for nobody's
 */
public record Policy(
    String alias,
    String binding,
    Shape protectWith,
    List<Shape> former,
    EpochBounds epochs,
    Tenancy tenancy,
    Optional<String> tenant) {
  /** Copies the list. */
  public Policy {
    former = List.copyOf(former);
  }

  /** All shapes that may be decrypted, the present one first. */
  public List<Shape> opensWith() {
    Set<Shape> shapes = new LinkedHashSet<>();
    shapes.add(protectWith);
    shapes.addAll(former);
    return List.copyOf(shapes);
  }

  /** The one key of this alias, for uses that know no combination, such as a MAC. */
  public KeyRef soleKey() {
    if (protectWith.combinator() != Combinator.SINGLE) {
      throw new IllegalStateException("alias " + alias + " has several keys");
    }
    return protectWith.keys().get(0);
  }

  /** The same, without what it may decrypt beside its present shape. */
  public Policy withoutFormer() {
    return new Policy(alias, binding, protectWith, List.of(), epochs, tenancy, tenant);
  }

  /** The same, with another key in the place of its only one. */
  Policy withSoleKey(KeyRef key) {
    Shape shape = new Shape(protectWith.dataKeys(), protectWith.combinator(), List.of(key));
    return new Policy(alias, binding, shape, former, epochs, tenancy, tenant);
  }

  /**
   * The same for a tenant's objects: wraps are bound to the tenant's name, and no epoch key serves
   * two tenants.
   *
   * @throws BackendException with MISCONFIGURED if there is none and the alias requires one
   */
  public Policy of(Optional<String> newTenant) throws BackendException {
    if (newTenant.isEmpty() && tenancy == Tenancy.REQUIRED) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the objects of alias %s belong to tenants (key.%s.tenant = required): name one by"
                  .formatted(alias, alias)
              + " KeyholdParameterSpec.withTenant or KeyholdScope.ofTenant");
    }
    return new Policy(alias, binding, protectWith, former, epochs, tenancy, newTenant);
  }

  /** The same for objects of another mode. */
  public Policy inMode(DataKeys dataKeys) {
    Shape shape = new Shape(dataKeys, protectWith.combinator(), protectWith.keys());
    return new Policy(alias, binding, shape, former, epochs, tenancy, tenant);
  }
}
