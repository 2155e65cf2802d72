package dev.keyhold.instance.crac;

/** As CRaC has it. */
public final class Core {
  private static final class Global extends Context<Resource> {
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
      checkpoint();
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws Exception {
      restore();
    }
  }

  private static final Global GLOBAL = new Global();

  private Core() {}

  public static Context<Resource> getGlobalContext() {
    return GLOBAL;
  }
}
