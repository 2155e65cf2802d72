package dev.keyhold.keystore;

/**
 * Creates backends of one type. Found by {@link java.util.ServiceLoader}; used only where a
 * configuration names its type.
 */
public interface BackendFactory {
  /** Returns the name of the type, the value of {@code backend.<name>.type}. */
  String type();

  /**
   * Returns the keeper of the keys of such backends, against which {@code key.<alias>.custody} is
   * checked.
   */
  default Keeper keeper() {
    return Keeper.OTHER;
  }

  /**
   * Reads and checks all options of one backend, and creates nothing yet. Does no I/O, except that
   * it may check whether named files exist.
   *
   * @throws ConfigurationException if an option is missing or bad, with what would be right
   */
  BackendSource configure(BackendOptions options);

  /**
   * Reads the options of one backend and creates it.
   *
   * @throws ConfigurationException as {@link #configure}
   */
  default Backend create(BackendOptions options) {
    return configure(options).open();
  }
}
