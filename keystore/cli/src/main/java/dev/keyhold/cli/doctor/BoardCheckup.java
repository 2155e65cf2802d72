package dev.keyhold.cli.doctor;

import dev.keyhold.admin.ConfigurationInfo.BoardInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ServiceLoader;

/** Looks at the board, where one is configured: at a directory, or for the driver of a database. */
final class BoardCheckup {
  private static final String SUBJECT = "board";

  private BoardCheckup() {}

  static Finding finding(BoardInfo board) {
    return board.directory().map(BoardCheckup::directory).orElseGet(() -> database(board));
  }

  private static Finding directory(Path directory) {
    if (!Files.exists(directory)) {
      return Finding.problem(
          SUBJECT, directory + " does not exist", "make it, writable for all processes");
    }
    if (!Files.isDirectory(directory)) {
      return Finding.problem(
          SUBJECT, directory + " is no directory", "name one that all processes see");
    }
    if (!Files.isReadable(directory) || !Files.isWritable(directory)) {
      return Finding.problem(
          SUBJECT,
          directory + " may not be read and written by this user",
          "make it readable and writable for all processes");
    }
    return Finding.ok(SUBJECT, directory + " can be read and written");
  }

  /** Connects to nothing. */
  private static Finding database(BoardInfo board) {
    for (Driver driver : ServiceLoader.load(Driver.class, BoardCheckup.class.getClassLoader())) {
      try {
        if (driver.acceptsURL(board.url().orElseThrow())) {
          return Finding.ok(SUBJECT, board + " has its driver here; the database was not asked");
        }
      } catch (SQLException e) { // its message may quote the URL, and with it a password
        return Finding.problem(SUBJECT, "its driver does not take " + board, "mend the URL");
      }
    }
    return Finding.warning(
        SUBJECT,
        "no JDBC driver here takes " + board + "; the database was not asked",
        "put the driver into dist/lib for the command line, and on each application's path");
  }
}
