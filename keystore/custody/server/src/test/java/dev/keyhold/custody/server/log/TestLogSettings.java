package dev.keyhold.custody.server.log;

import java.util.Optional;

/** Settings that no configuration gives. */
final class TestLogSettings {
  private TestLogSettings() {}

  static LogSettings withoutMirror(LogSettings settings) {
    return new LogSettings(
        settings.origin(),
        settings.folder(),
        Optional.empty(),
        false,
        settings.reserve(),
        settings.maxSize());
  }
}
