package dev.keyhold.instance.crac;

import java.util.ArrayList;
import java.util.List;

/** As CRaC has it, with checkpoints that only call. */
public abstract class Context<R extends Resource> implements Resource {
  private final List<R> resources = new ArrayList<>();

  public void register(R resource) {
    resources.add(resource);
  }

  public void checkpoint() throws Exception {
    for (R resource : resources) {
      resource.beforeCheckpoint(this);
    }
  }

  public void restore() throws Exception {
    for (R resource : resources) {
      resource.afterRestore(this);
    }
  }

  public void clear() {
    resources.clear();
  }
}
