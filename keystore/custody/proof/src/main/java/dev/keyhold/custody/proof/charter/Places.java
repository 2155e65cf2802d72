package dev.keyhold.custody.proof.charter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether people fill the places that a rule has: each place by another person of its group,
 * whatever groups a person is in. A bipartite matching by augmenting paths.
 */
final class Places {
  private Places() {}

  static boolean filled(
      List<Rule.Need> needs, Map<String, List<String>> groups, Collection<String> people) {
    List<Set<String>> places = new ArrayList<>();
    for (Rule.Need need : needs) {
      Set<String> able = new HashSet<>(groups.getOrDefault(need.group(), List.of()));
      able.retainAll(people);
      if (able.size() < need.number()) {
        return false;
      }
      for (int i = 0; i < need.number(); i++) {
        places.add(able);
      }
    }
    Map<String, Integer> placeOf = new HashMap<>();
    for (int place = 0; place < places.size(); place++) {
      if (!fill(place, places, placeOf, new HashSet<>())) {
        return false;
      }
    }
    return true;
  }

  private static boolean fill(
      int place, List<Set<String>> places, Map<String, Integer> placeOf, Set<String> tried) {
    for (String person : places.get(place)) {
      if (tried.add(person)) {
        Integer taken = placeOf.get(person);
        if (taken == null || fill(taken, places, placeOf, tried)) {
          placeOf.put(person, place);
          return true;
        }
      }
    }
    return false;
  }
}
