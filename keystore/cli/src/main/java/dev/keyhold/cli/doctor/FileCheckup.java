package dev.keyhold.cli.doctor;

import dev.keyhold.admin.ConfigurationInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/** Looks at who may read the files that secrets are in, and change the configuration. */
final class FileCheckup {
  private static final Set<PosixFilePermission> READ_BY_OTHERS =
      Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
  private static final Set<PosixFilePermission> WRITTEN_BY_OTHERS =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private FileCheckup() {}

  /** Returns what is to be said of a configuration file and the files it takes secrets from. */
  static List<Finding> findings(Path config) {
    List<Finding> findings = new ArrayList<>();
    if (isGranted(config, WRITTEN_BY_OTHERS)) {
      findings.add(
          Finding.warning(
              config.toString(),
              "others may change it, and with it where keys are made",
              "chmod go-w " + config));
    }
    for (Path secret : secretFiles(config)) {
      if (isGranted(secret, READ_BY_OTHERS)) {
        findings.add(
            Finding.warning(
                secret.toString(), "others may read this secret", "chmod go-rwx " + secret));
      }
    }
    return findings;
  }

  private static List<Path> secretFiles(Path config) {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(config)) {
      properties.load(new ByteArrayInputStream(in.readNBytes(ConfigurationInfo.MAX_LENGTH)));
    } catch (IOException | IllegalArgumentException e) {
      return List.of(); // its user reports what is wrong with it
    }
    List<Path> files = new ArrayList<>();
    for (Object value : new TreeMap<>(properties).values()) {
      String text = value.toString().strip();
      if (text.startsWith("file:")) {
        try {
          files.add(config.resolveSibling(text.substring("file:".length())));
        } catch (InvalidPathException e) {
          // said where it is used
        }
      }
    }
    return files;
  }

  private static boolean isGranted(Path file, Set<PosixFilePermission> permissions) {
    try {
      return Files.getPosixFilePermissions(file).stream().anyMatch(permissions::contains);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
