package dev.keyhold.keystore.pkcs11;

/** The heap in use after what nothing holds was collected. */
final class UsedHeap {
  private UsedHeap() {}

  static long bytes() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(100);
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
