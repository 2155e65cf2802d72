package dev.keyhold.custody.proof.state;

/**
 * What is wrong with a leaf.
 *
 * @param code the code word of docs/AUDIT.md, section 7.1
 * @param text what is wrong, for people
 */
public record Problem(String code, String text) {}
