package dev.keyhold.keystore;

/**
 * Makes backends of one type. Found by {@link java.util.ServiceLoader}; used only where a
 * configuration names its type.
 */
public interface BackendFactory {
  /** What stands after {@code backend.<name>.type =}. */
  String type();

  /** Who keeps the keys of such backends; what {@code key.<alias>.custody} is checked by. */
  default Keeper keeper() {
    return Keeper.OTHER;
  }

  /**
   * Reads the options of one backend and makes it. Does no I/O beyond looking whether named files
   * exist: the backend connects at its first call.
   *
   * @throws ConfigurationException if an option is missing or bad, with what would be right
   */
  Backend create(BackendOptions options);
}
