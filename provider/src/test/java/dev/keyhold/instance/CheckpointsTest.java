package dev.keyhold.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckpointsTest {
  private static final String API = "dev.keyhold.instance.crac";

  @AfterEach
  void forget() {
    dev.keyhold.instance.crac.Core.getGlobalContext().clear();
  }

  @Test
  void aCheckpointAndARestoreAreHeardOf() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    Object held = Checkpoints.register(List.of("no.such.api", API), heard::incrementAndGet);
    assertNotNull(held, "its context holds it weakly");
    dev.keyhold.instance.crac.Core.getGlobalContext().checkpoint();
    assertEquals(1, heard.get(), "no key is in the image");
    dev.keyhold.instance.crac.Core.getGlobalContext().restore();
    assertEquals(2, heard.get());
  }

  @Test
  void withoutSuchAnApiThereIsNothing() {
    assertNull(Checkpoints.register(List.of("no.such.api"), () -> {}));
  }
}
