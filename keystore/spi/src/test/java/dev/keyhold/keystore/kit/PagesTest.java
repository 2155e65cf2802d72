package dev.keyhold.keystore.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
  private record Page(String key, Optional<String> next) {}

  @Test
  void readsAllPagesInTheirOrder() throws Exception {
    Map<String, Page> pages =
        Map.of(
            "", new Page("a", Optional.of("2")),
            "2", new Page("b", Optional.of("3")),
            "3", new Page("c", Optional.empty()));
    List<String> keys = new ArrayList<>();
    Pages.each("it", at -> pages.get(at.orElse("")), Page::next, page -> keys.add(page.key()));
    assertEquals(List.of("a", "b", "c"), keys);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "same"})
  void aPageThatLeadsNowhereEndsTheList(String token) {
    assertEndless(token, "promises another page");
  }

  @Test
  void aListHasAnEnd() {
    int[] pages = {0};
    BackendException failure =
        assertThrows(
            BackendException.class,
            () ->
                Pages.each(
                    "it",
                    at -> new Page("a", Optional.of("page " + pages[0]++)),
                    Page::next,
                    page -> {}));
    assertEquals(Reason.UNAVAILABLE, failure.reason());
    assertEquals("it gives a list without an end", failure.getMessage());
  }

  private static void assertEndless(String token, String said) {
    BackendException failure =
        assertThrows(
            BackendException.class,
            () ->
                Pages.each("it", at -> new Page("a", Optional.of(token)), Page::next, page -> {}));
    assertEquals(Reason.UNAVAILABLE, failure.reason());
    assertTrue(failure.getMessage().contains(said), failure.getMessage());
  }
}
