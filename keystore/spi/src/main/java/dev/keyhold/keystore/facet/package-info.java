/**
 * The facets that a backend may have beside {@link dev.keyhold.keystore.Backend}: a small interface
 * for each group of operations. {@link dev.keyhold.keystore.Backend#facet} tells whether it has
 * one. Each method may do I/O unless it says otherwise, and is called from many threads at once; a
 * {@code key} is what {@link dev.keyhold.keystore.Backend} means by it.
 */
package dev.keyhold.keystore.facet;
