package dev.keyhold.conformance.wycheproof;

/** One way to run the vectors of one kind. Made anew for each file; used by one thread. */
@FunctionalInterface
interface Check {
  /**
   * Runs a vector. Throws whatever is wrong.
   *
   * @throws org.opentest4j.TestAbortedException with the reason, if the vector does not apply
   */
  void run(Vector vector) throws Exception;
}
