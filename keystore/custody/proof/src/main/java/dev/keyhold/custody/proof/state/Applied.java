package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.leaf.Leaf;
import java.time.Instant;
import java.util.List;

/**
 * What {@link State#apply} made of a leaf.
 *
 * @param index of the leaf
 * @param time its time, or that of the leaf before where that is later
 * @param leaf what was read; null if it is no leaf
 * @param taken the statement that took effect, or null
 * @param notEnded uses that were open when the process was started again
 * @param problems what is wrong; empty for a leaf as it should be
 */
public record Applied(
    long index,
    Instant time,
    Leaf leaf,
    Taken taken,
    List<Long> notEnded,
    List<Problem> problems) {}
