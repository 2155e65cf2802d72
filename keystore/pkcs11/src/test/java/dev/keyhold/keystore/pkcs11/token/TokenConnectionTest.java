package dev.keyhold.keystore.pkcs11.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.pkcs11.Expect;
import dev.keyhold.keystore.pkcs11.FakeToken;
import dev.keyhold.keystore.pkcs11.TestClock;
import dev.keyhold.keystore.pkcs11.library.TokenUnreachableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenConnectionTest {
  private static final Path LIBRARY = Path.of("/hsm/lib.so");

  private final TestClock clock = new TestClock();
  private final List<Path> opened = new ArrayList<>();
  private final Deque<Exception> failures = new ArrayDeque<>();
  private int copies;
  private int looked;
  private BackendException absent;

  private final Map<Path, Path> latest = new HashMap<>();
  private final TokenConnection connection = connection();

  private TokenConnection connection() {
    return new TokenConnection(
        LIBRARY,
        latest,
        path -> {
          opened.add(path);
          Exception failure = failures.poll();
          if (failure instanceof BackendException e) {
            throw e;
          }
          if (failure instanceof TokenUnreachableException e) {
            throw e;
          }
          return new FakeToken();
        },
        path -> {
          looked++;
          if (absent != null) {
            throw absent;
          }
        },
        path -> Path.of("/copy/" + ++copies),
        clock);
  }

  @Test
  void connectsOnce() throws Exception {
    assertSame(connection.token(), connection.token());
    assertEquals(List.of(LIBRARY), opened);
  }

  @Test
  void reopensOnTheSameLibraryWhenOnlySessionsWereLost() throws Exception {
    FakeToken first = (FakeToken) connection.token();
    first.health = Token.Health.SESSIONS_LOST;
    assertNotSame(first, connection.token());
    assertTrue(first.closed);
    assertEquals(List.of(LIBRARY, LIBRARY), opened);
  }

  @Test
  void makesNoInstanceAndNoCopyUntilTheTokenIsSeen() throws Exception {
    kill();
    failures.add(unreachable(true, Reason.UNAVAILABLE)); // the library does not heal by itself
    absent = new BackendException(Reason.UNAVAILABLE, "the server is down");
    for (int i = 1; i <= 1000; i++) {
      BackendException e = Expect.failure(Reason.UNAVAILABLE, connection::token);
      assertEquals("the server is down; it is tried again in 250 ms", e.getMessage());
      clock.advance(Duration.ofMillis(100));
      e = Expect.failure(Reason.UNAVAILABLE, connection::token);
      assertEquals("the server is down; it is tried again in 150 ms", e.getMessage());
      assertEquals(i, looked);
      clock.advance(Duration.ofMillis(150));
      failures.add(unreachable(true, Reason.UNAVAILABLE));
    }
    assertEquals(0, copies);
    absent = null;
    connection.token();
    assertEquals(1, copies);
  }

  @Test
  void aClockThatIsSetBackMakesNobodyWaitForIt() throws Exception {
    kill();
    failures.add(unreachable(true, Reason.UNAVAILABLE));
    absent = new BackendException(Reason.UNAVAILABLE, "the server is down");
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertEquals(1, looked);
    clock.advance(Duration.ofMillis(-10));
    failures.add(unreachable(true, Reason.UNAVAILABLE));
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertEquals(2, looked);
    clock.advance(Duration.ofDays(-365));
    connection.token(); // the library heals by itself
  }

  @Test
  void staysOnALibraryThatHealsByItself() throws Exception {
    kill();
    connection.token();
    assertEquals(List.of(LIBRARY, LIBRARY), opened);
    assertEquals(0, looked);
  }

  @Test
  void doesNotTrustALibraryWhoseObjectsVanished() throws Exception {
    ((FakeToken) connection.token()).health = Token.Health.VANISHED;
    connection.token();
    assertEquals(List.of(LIBRARY, Path.of("/copy/1")), opened);
  }

  @Test
  void servesAgainAtOnceHoweverOftenTheTokenGoes() throws Exception {
    for (int i = 1; i <= 20; i++) {
      ((FakeToken) connection.token()).health = Token.Health.VANISHED;
      connection.token();
      assertEquals(i, copies);
    }
  }

  @Test
  void usesTheCopyThatAnotherBackendMade() throws Exception {
    TokenConnection other = connection();
    FakeToken lost = (FakeToken) other.token();
    ((FakeToken) connection.token()).health = Token.Health.VANISHED;
    connection.token();
    lost.health = Token.Health.VANISHED;
    other.token();
    connection().token();
    Path copy = Path.of("/copy/1");
    assertEquals(List.of(LIBRARY, LIBRARY, copy, copy, copy), opened);
  }

  @Test
  void waitsLongerWhileCopiesDoNotHelp() throws Exception {
    ((FakeToken) connection.token()).health = Token.Health.VANISHED;
    for (int i = 0; i < 20; i++) {
      failures.add(unreachable(true, Reason.MISCONFIGURED));
    }
    // what was connected once may come back, so that it is no fault of the configuration
    BackendException e = Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertTrue(e.getMessage().endsWith("tried again in 1000 ms"), e.getMessage());
    assertEquals(1, copies);
    clock.advance(TokenConnection.COPY_PAUSE);
    e = Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertTrue(e.getMessage().endsWith("tried again in 2000 ms"), e.getMessage());
    assertEquals(2, copies);
    clock.advance(TokenConnection.COPY_PAUSE);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertEquals(2, copies);
    clock.advance(TokenConnection.LONGEST_PAUSE);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertEquals(3, copies);
    clock.advance(Duration.ofDays(1));
    failures.clear();
    connection.token();
    assertEquals(4, copies);
  }

  @Test
  void triesALibraryAgainThatCouldNotBeInitialised() throws Exception {
    failures.add(unreachable(false, Reason.UNAVAILABLE));
    failures.add(unreachable(false, Reason.UNAVAILABLE));
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    connection.token();
    assertEquals(List.of(LIBRARY, LIBRARY, LIBRARY), opened);
  }

  @Test
  void looksForAMissingTokenOnACopyToo() {
    failures.add(unreachable(true, Reason.MISCONFIGURED));
    failures.add(unreachable(true, Reason.MISCONFIGURED));
    Expect.failure(Reason.MISCONFIGURED, connection::token);
    Expect.failure(Reason.MISCONFIGURED, connection::token);
    assertEquals(List.of(LIBRARY, Path.of("/copy/1")), opened);
  }

  @Test
  void neverRebuildsForAWrongPin() {
    for (int i = 0; i < 3; i++) {
      failures.add(new BackendException(Reason.MISCONFIGURED, "wrong PIN"));
      Expect.failure(Reason.MISCONFIGURED, connection::token);
    }
    assertEquals(0, copies);
  }

  @Test
  void staysOnACopyWhereOnlyThePinWasWrong() throws Exception {
    failures.add(unreachable(true, Reason.MISCONFIGURED));
    failures.add(new BackendException(Reason.MISCONFIGURED, "wrong PIN"));
    Expect.failure(Reason.MISCONFIGURED, connection::token);
    connection.token();
    assertEquals(List.of(LIBRARY, Path.of("/copy/1"), Path.of("/copy/1")), opened);
  }

  @Test
  void refusesAfterClose() throws Exception {
    FakeToken token = (FakeToken) connection.token();
    connection.close();
    assertTrue(token.closed);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
  }

  @Test
  void endsWhenInterrupted() {
    Thread.currentThread().interrupt();
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), opened);
  }

  private void kill() throws BackendException {
    ((FakeToken) connection.token()).health = Token.Health.DEAD;
  }

  private static TokenUnreachableException unreachable(boolean loaded, Reason reason) {
    return new TokenUnreachableException(loaded, new BackendException(reason, "no token"));
  }
}
