package dev.keyhold.keystore;

/**
 * Makes backends of one type. Found by {@link java.util.ServiceLoader}; used only where a
 * configuration names its type.
 */
public interface BackendFactory {
  /** Returns what stands after {@code backend.<name>.type =}. */
  String type();

  /**
   * Returns who keeps the keys of such backends; what {@code key.<alias>.custody} is checked by.
   */
  default Keeper keeper() {
    return Keeper.OTHER;
  }

  /**
   * Reads and checks all options of one backend, and makes nothing yet. Does no I/O beyond looking
   * whether named files exist.
   *
   * @throws ConfigurationException if an option is missing or bad, with what would be right
   */
  BackendSource configure(BackendOptions options);

  /**
   * Reads the options of one backend and makes it.
   *
   * @throws ConfigurationException as {@link #configure}
   */
  default Backend create(BackendOptions options) {
    return configure(options).open();
  }
}
