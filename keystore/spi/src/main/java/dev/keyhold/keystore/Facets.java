package dev.keyhold.keystore;

import java.util.List;
import java.util.Optional;

/**
 * The facets of a backend that is made of parts: each part implements one facet or several.
 * Immutable.
 */
public final class Facets {
  private final List<Facet> parts;

  private Facets(List<Facet> parts) {
    this.parts = parts;
  }

  /** Returns the facets of these parts; where two have the same one, the first counts. */
  public static Facets of(Facet... parts) {
    return new Facets(List.of(parts));
  }

  /** Returns the part that is this facet; for {@link Backend#facet}. */
  public <F extends Facet> Optional<F> find(Class<F> type) {
    for (Facet part : parts) {
      if (type.isInstance(part)) {
        return Optional.of(type.cast(part));
      }
    }
    return Optional.empty();
  }
}
