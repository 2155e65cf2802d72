package dev.keyhold.conformance.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.Python;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Runs the tests of the verifier in Python, which are written in Python too. */
class PythonAuditTest {
  private static final Pattern RAN = Pattern.compile("Ran (\\d+) tests");

  @Test
  void theTestsOfTheVerifierInPythonPass() throws Exception {
    Python.Result result =
        Python.run(
            Map.of("PYTHONDONTWRITEBYTECODE", "1"),
            "",
            List.of(
                "-m",
                "unittest",
                "discover",
                "-s",
                Python.program("tests"),
                "-t",
                Python.program("")));
    assertEquals(0, result.exitCode(), result.errors());
    Matcher ran = RAN.matcher(result.errors());
    assertTrue(ran.find() && Integer.parseInt(ran.group(1)) > 50, result.errors());
  }
}
