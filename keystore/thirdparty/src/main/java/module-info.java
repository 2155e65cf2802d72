/**
 * The libraries that Keyhold uses, in packages of its own, so that an application may have them in
 * any version.
 */
@SuppressWarnings("module") // those that it is exported to are compiled later
module dev.keyhold.thirdparty {
  exports dev.keyhold.thirdparty.caffeine.cache to
      dev.keyhold;
  exports dev.keyhold.thirdparty.failsafe to
      dev.keyhold;
  exports dev.keyhold.thirdparty.failsafe.event to
      dev.keyhold;
  exports dev.keyhold.thirdparty.failsafe.function to
      dev.keyhold;
}
