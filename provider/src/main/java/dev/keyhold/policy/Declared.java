package dev.keyhold.policy;

import java.util.Optional;

/**
 * The declaration of the application for one operation: read once from the parameters and from the
 * calling thread's scope, and never again.
 *
 * @param tenant whose objects it is about
 * @param purpose why it uses a key
 * @param ticket the case that the use belongs to
 */
public record Declared(
    Optional<String> tenant, Optional<String> purpose, Optional<String> ticket) {}
