package dev.keyhold.keystore.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Causes of failures, near, far and in a cycle. */
class CausesTest {
  private final IOException root = new IOException("root");
  private final IOException middle = new IOException("middle", root);
  private final Exception failure = new UncheckedIOException(middle);

  @Test
  void theFirstOfATypeIsFound() {
    assertEquals(Optional.of(middle), Causes.find(failure, IOException.class));
    assertEquals(Optional.of(failure), Causes.find(failure, RuntimeException.class));
    assertEquals(Optional.empty(), Causes.find(failure, InterruptedException.class));
  }

  @Test
  void theRootIsTheLast() {
    assertSame(root, Causes.root(failure));
    assertSame(root, Causes.root(root));
  }

  @Test
  void aCycleEnds() {
    root.initCause(failure);
    assertEquals(Optional.empty(), Causes.find(failure, InterruptedException.class));
    assertNotNull(Causes.root(failure));
  }
}
