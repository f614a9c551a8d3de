package dev.latchkey.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountIdTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Qx0M5wY8KqOysvLqEW8Z1SzwcOYeHjDB",
                "0190a5c4-7d3e-7b8f-9c1d-2e3f4a5b6c7d",
                "42",
                "auth0|5f7c8ec7c33c6c004bbafe82",
                "ada@example.com",
                "a.b",
                "~"
            })
    void keepsWhatStandsInAPath(String id) {
        assertEquals(Optional.of(new AccountId(id)), AccountId.foreign(id));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "..", "...", " a", "a ", "a b", "a/b", "a\\b", "a;b", "a?b", "a#b", "a%2Fb", "a\u0000", "a\nb",
                "\u007f", "ä", "a\u00a0", "\ud800", "\u200b"
            })
    void refusesWhatDoesNot(String id) {
        assertTrue(AccountId.foreign(id).isEmpty());
    }

    @Test
    void refusesTextLongerThanAnyId() {
        assertTrue(AccountId.foreign("a".repeat(128)).isPresent());
        assertTrue(AccountId.foreign("a".repeat(129)).isEmpty());
    }
}
