package dev.keyhold.instance;

/** A service of a Keyhold provider, which tells the instance that it belongs to. */
public interface OwnedService {
  ProviderInstance instance();
}
