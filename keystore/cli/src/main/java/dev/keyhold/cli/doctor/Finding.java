package dev.keyhold.cli.doctor;

import com.google.gson.annotations.SerializedName;
import dev.keyhold.keystore.BackendException;

/**
 * One thing that {@code doctor} saw; the names of the components are those of the JSON.
 *
 * @param level how bad it is: ok, note, warning, problem
 * @param subject what it is about: the JVM, a file, a backend, an alias
 * @param what what was seen
 * @param todo what to do about it; null where nothing is to be done
 */
record Finding(Level level, String subject, String what, String todo) {
  /** The severity of a finding. */
  enum Level {
    /** As it should be. */
    @SerializedName("ok")
    OK,
    /** Works, and may surprise. */
    @SerializedName("note")
    NOTE,
    /** Works today, and will not, or not everywhere. */
    @SerializedName("warning")
    WARNING,
    /** Does not work. */
    @SerializedName("problem")
    PROBLEM
  }

  static Finding ok(String subject, String what) {
    return new Finding(Level.OK, subject, what, null);
  }

  static Finding note(String subject, String what, String todo) {
    return new Finding(Level.NOTE, subject, what, todo);
  }

  static Finding warning(String subject, String what, String todo) {
    return new Finding(Level.WARNING, subject, what, todo);
  }

  static Finding problem(String subject, String what, String todo) {
    return new Finding(Level.PROBLEM, subject, what, todo);
  }

  /** Returns a backend's failure, with advice by its reason. */
  static Finding problem(String subject, BackendException e) {
    String todo =
        switch (e.reason()) {
          case DENIED -> "have its administrator allow this; the message says what";
          case UNAVAILABLE -> "see whether it is up, and whether this host reaches it";
          case NOT_FOUND, BAD_CIPHERTEXT, MISCONFIGURED, UNSUPPORTED ->
              "mend the backend's options, its password, PIN or credentials";
        };
    return problem(subject, e.getMessage(), todo);
  }
}
