package dev.keyhold.policy;

import java.util.Optional;

/**
 * What the application declares where it asks: read from parameters and from the calling thread's
 * scope once, and never again.
 *
 * @param tenant whose objects it is about
 * @param purpose why it uses a key
 * @param ticket the case that the use belongs to
 */
public record Declared(
    Optional<String> tenant, Optional<String> purpose, Optional<String> ticket) {}
