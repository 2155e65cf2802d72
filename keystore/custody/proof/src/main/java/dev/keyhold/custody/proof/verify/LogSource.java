package dev.keyhold.custody.proof.verify;

import java.nio.file.Path;

/**
 * A log to verify.
 *
 * @param folder of the log
 * @param mirror another folder with its checkpoints, or null
 */
public record LogSource(Path folder, Path mirror) {}
