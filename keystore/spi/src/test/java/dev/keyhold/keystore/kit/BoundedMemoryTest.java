package dev.keyhold.keystore.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept, and what is forgotten first. */
class BoundedMemoryTest {
  private final BoundedMemory<String, Integer> memory = new BoundedMemory<>(3);

  private void fill() {
    memory.put("a", 1);
    memory.put("b", 2);
    memory.put("c", 3);
  }

  private List<Optional<Integer>> all() {
    return List.of(memory.get("a"), memory.get("b"), memory.get("c"), memory.get("d"));
  }

  @Test
  void theOneThatWasNotUsedForLongestIsForgotten() {
    fill();
    assertEquals(Optional.of(1), memory.get("a"));
    memory.put("d", 4);
    assertEquals(List.of(Optional.of(1), Optional.empty(), Optional.of(3), Optional.of(4)), all());
  }

  @Test
  void aValueThatIsReplacedTakesNoFurtherRoom() {
    fill();
    memory.put("a", 10);
    memory.compute("b", (key, before) -> before + 18);
    assertEquals(
        List.of(Optional.of(10), Optional.of(20), Optional.of(3), Optional.empty()), all());
    memory.compute("d", (key, before) -> before == null ? 4 : 0);
    assertEquals(List.of(Optional.empty(), Optional.of(20), Optional.of(3), Optional.of(4)), all());
  }

  @Test
  void whatIsRemovedIsForgotten() {
    fill();
    assertEquals(Optional.of(2), memory.remove("b"));
    assertEquals(Optional.empty(), memory.remove("b"));
    memory.removeIf(value -> value == 3);
    memory.compute("a", (key, before) -> null);
    assertEquals(
        List.of(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()), all());
  }

  @Test
  void noCountOfSeveralThreadsIsLost() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Void> counting =
          () -> {
            for (int i = 0; i < 10_000; i++) {
              memory.compute("a", (key, before) -> before == null ? 1 : before + 1);
              memory.get("b");
              memory.put("c", i);
            }
            return null;
          };
      List<Callable<Void>> tasks = IntStream.range(0, 4).mapToObj(i -> counting).toList();
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(Optional.of(40_000), memory.get("a"));
  }
}
