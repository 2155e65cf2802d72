package dev.keyhold;

import java.util.List;
import java.util.Optional;

/**
 * The health of a provider, for the probes of the platform that runs the application. The reasons
 * are those of the errors that a use of a key would have: they name keys, files and hosts, and are
 * for operators.
 *
 * <p>Immutable and thread-safe.
 *
 * @param live whether the provider is open. No outage of a backend makes it false, since a restart
 *     would not end the outage
 * @param problem why nothing can be done at all: no configuration, one that is not usable or gives
 *     no alias a key, or a closed provider; empty if all is well
 * @param backends each configured backend, in the order of the configuration
 * @param outOfReach aliases and patterns of the configuration whose objects can't be opened and
 *     whose keys can't be used while those backends are down. Where {@code any-of} several keys
 *     opens, one that is up is enough; new objects may need the others too
 */
public record Health(
    boolean live, Optional<String> problem, List<BackendHealth> backends, List<String> outOfReach) {
  /** Creates a report with copies of the lists. */
  public Health {
    backends = List.copyOf(backends);
    outOfReach = List.copyOf(outOfReach);
  }

  /**
   * Returns whether the backends of all configured aliases answer: of any-of one, of others all. A
   * key file that does not exist is no answer: until its first key is made, none of its aliases can
   * be used. It does not look at each key: {@code keyhold doctor} does.
   */
  public boolean ready() {
    return live && problem.isEmpty() && outOfReach.isEmpty();
  }

  /**
   * The health of one backend.
   *
   * @param name in the configuration
   * @param type such as {@code aws-kms}
   * @param up whether it answered within its deadline, some seconds ago at most, and has not failed
   *     too often in a row since
   * @param reason why it is not up; empty if it is
   */
  public record BackendHealth(String name, String type, boolean up, Optional<String> reason) {}
}
