package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dependencies between the packages of the command line point one way. */
@Tag("sources")
class PackagesTest {
  private static final String ROOT = "dev.keyhold.cli";

  /** Each depends only on those before it. */
  private static final List<String> ORDER =
      List.of(
          ROOT + ".command",
          ROOT + ".object",
          ROOT + ".keys",
          ROOT + ".cost",
          ROOT + ".explain",
          ROOT + ".doctor",
          ROOT + ".custody",
          ROOT);

  /**
   * What the command line uses of the provider: its API, and what keys are described by. All that
   * the module of the custodian's proofs exports may be used.
   */
  private static final Set<String> USED =
      Set.of(
          "dev.keyhold", "dev.keyhold.admin", "dev.keyhold.keystore", "dev.keyhold.keystore.kit");

  private static final String PROOF = "dev.keyhold.custody.proof";

  private final JavaClasses classes =
      new ClassFileImporter().importPath(Path.of("target", "classes"));

  @Test
  void dependenciesPointOneWay() {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass one : classes) {
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        JavaClass other = dependency.getTargetClass().getBaseComponentType();
        if (rank(other) > rank(one)) {
          wrong.add(one.getName() + " uses " + other.getName());
        }
      }
    }
    assertEquals(Set.of(), wrong);
  }

  @Test
  void everyPackageHasItsPlace() {
    Set<String> all = new TreeSet<>();
    for (JavaClass one : classes) {
      all.add(one.getPackageName());
    }
    assertEquals(new TreeSet<>(ORDER), all);
  }

  @Test
  void whatTheProviderKeepsInternalIsNotUsed() {
    Set<String> used = new TreeSet<>();
    for (JavaClass one : classes) {
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        JavaClass other = dependency.getTargetClass().getBaseComponentType();
        String name = other.getPackageName();
        if (name.matches("dev\\.keyhold(\\..*)?")
            && rank(other) < 0
            && !USED.contains(name)
            && !name.startsWith(PROOF)) {
          used.add(other.getName().replaceFirst("\\$.*", ""));
        }
      }
    }
    assertEquals(Set.of(), used);
  }

  /** Of other modules -1. */
  private static int rank(JavaClass one) {
    return ORDER.indexOf(one.getPackageName());
  }
}
