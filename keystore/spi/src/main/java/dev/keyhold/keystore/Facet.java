package dev.keyhold.keystore;

/**
 * A group of operations that a backend has or has not: see {@link Backend#facet}. Each is an
 * interface of its own that extends this one and says, by {@link IfAbsent}, what a backend without
 * it answers.
 */
public interface Facet {}
