package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.keyhold.jca.key.Callers;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dependencies between the provider's packages point one way. */
@Tag("sources")
class PackagesTest {
  /** Each depends only on those before it. */
  private static final List<String> ORDER =
      List.of(
          "platform",
          "observe",
          "object",
          "policy",
          "file",
          "config",
          "gate",
          "keys",
          "rewrap",
          "epoch.board",
          "epoch",
          "envelope",
          "instance",
          "jca.key",
          "jca.signature",
          "jca.cipher",
          "jca.agreement",
          "jca.keystore",
          "jca.generate",
          "jca",
          "admin");

  /** What the application hands to the JCA, and gets from it; all packages may use these. */
  private static final Set<String> VALUES =
      Set.of(
          "Health",
          "KeyholdGenParameterSpec",
          "KeyholdKey",
          "KeyholdLoadStoreParameter",
          "KeyholdParameterSpec",
          "KeyholdScope");

  private static final String ROOT = "dev.keyhold";

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
    Set<String> placed = new TreeSet<>(ORDER);
    placed.add("");
    Set<String> all = new TreeSet<>();
    for (JavaClass one : classes) {
      all.add(packageOf(one));
    }
    assertEquals(placed, all);
  }

  /** Where the application asks, and what it declares is captured; later it is a value. */
  private static final Set<String> CAPTURING =
      Set.of(
          "KeyholdProvider",
          "admin.Administration",
          "admin.ManagedBackend",
          "admin.ManagedKey",
          "jca.BackendRandom",
          "jca.cipher.ObjectCipher",
          "jca.generate.HandleKeyPairGenerator",
          "jca.generate.SecretKeyGenerator",
          "jca.key.KeyHandle",
          "jca.key.SecretKeyHandle",
          "jca.keystore.BackendKeys",
          "jca.keystore.CertificateChains",
          "jca.keystore.KeyEntries",
          "jca.keystore.LiveChanges",
          "jca.keystore.LiveKeys");

  @Test
  void theScopeOfAThreadIsReadWhereTheApplicationAsks() {
    Set<String> threadLocals = new TreeSet<>();
    for (JavaClass one : classes) {
      one.getFields().stream()
          .filter(field -> field.getRawType().isAssignableTo(ThreadLocal.class))
          .forEach(field -> threadLocals.add(field.getFullName()));
    }
    assertEquals(Set.of(ROOT + ".KeyholdScope.CURRENT"), threadLocals);
    assertEquals(Set.of("KeyholdParameterSpec"), callers(KeyholdScope.class, "current"));
    assertEquals(
        Set.of("jca.key.Callers"),
        callers(KeyholdParameterSpec.class, "tenant", "purpose", "ticket"));
    assertEquals(CAPTURING, callers(Callers.class, "current", "of", "access"));
  }

  /** Returns the classes that call methods of another one. */
  private Set<String> callers(Class<?> type, String... methods) {
    Set<String> callers = new TreeSet<>();
    for (JavaClass one : classes) {
      one.getCodeUnitCallsFromSelf().stream()
          .filter(call -> call.getTargetOwner().isEquivalentTo(type))
          .filter(call -> List.of(methods).contains(call.getName()))
          .forEach(call -> callers.add(outermost(one)));
      one.getMethodReferencesFromSelf().stream()
          .filter(call -> call.getTargetOwner().isEquivalentTo(type))
          .filter(call -> List.of(methods).contains(call.getName()))
          .forEach(call -> callers.add(outermost(one)));
    }
    callers.remove(type.getName().substring(ROOT.length() + 1));
    return callers;
  }

  private static String outermost(JavaClass one) {
    return one.getName().substring(ROOT.length() + 1).replaceFirst("\\$.*", "");
  }

  private static String packageOf(JavaClass one) {
    String name = one.getPackageName();
    return name.equals(ROOT) ? "" : name.substring(Math.min(name.length(), ROOT.length() + 1));
  }

  /**
   * Of other modules -1; of this one the values first, then the packages in their order, then the
   * rest of the public API.
   */
  private static int rank(JavaClass one) {
    if (!one.getPackageName().startsWith(ROOT)) {
      return -1;
    }
    String name = packageOf(one);
    if (!name.isEmpty()) {
      int at = ORDER.indexOf(name);
      return at < 0 ? -1 : at + 1;
    }
    return VALUES.contains(outermost(one)) ? 0 : ORDER.size() + 1;
  }
}
