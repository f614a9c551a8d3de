package dev.latchkey.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.TestKeys;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RefreshTokensTest {

    private static final String OLD = "the old master secret, of 32 bytes";
    private static final String NEW = "the new master secret, of 32 bytes";

    private final RefreshTokens tokens = new RefreshTokens(TestKeys.secrets());
    private final RefreshTokens ofAnotherSecret =
            new RefreshTokens(TestKeys.secrets("another master secret of enough bytes"));

    private final RefreshToken first = tokens.first("session-1");
    private final byte[] salt = tokens.salt();

    // The grace: the same successor, as often as it is asked for and on every replica.
    @Test
    void derivesSameSuccessorFromSameTokenAndSalt() {
        RefreshToken successor = tokens.successor(first, salt);
        assertEquals(successor.text(), tokens.successor(first, salt.clone()).text());
        assertEquals(
                successor.text(),
                new RefreshTokens(TestKeys.secrets()).successor(first, salt).text());
        assertEquals(1, successor.generation());
        assertEquals("session-1", successor.sessionId());
        assertTrue(tokens.isOurs(successor));
        assertEquals(32, successor.secret().length);
    }

    // Nothing in the database lets anyone make it: the salt is there, the spent token and the master secret are not.
    @Test
    void derivesOtherSuccessorFromOtherTokenOrSalt() {
        String successor = tokens.successor(first, salt).text();
        assertNotEquals(successor, tokens.successor(first, tokens.salt()).text());
        assertNotEquals(
                successor, tokens.successor(tokens.first("session-1"), salt).text());
        assertNotEquals(successor, ofAnotherSecret.successor(first, salt).text());
        assertFalse(Arrays.equals(first.secret(), tokens.successor(first, salt).secret()));
        assertEquals(32, salt.length);
        assertFalse(Arrays.equals(salt, tokens.salt()));
    }

    @Test
    void acceptsItsOwnTokens() {
        RefreshToken second = tokens.successor(first, salt);
        assertTrue(tokens.isOurs(first));
        assertTrue(tokens.isOurs(second));
        assertTrue(tokens.isOurs(RefreshToken.parse(second.text()).orElseThrow()));
    }

    // Security: else anybody who knows a session's id could end it with an invented spent token.
    @Test
    void refusesAlteredTokens() {
        assertFalse(tokens.isOurs(new RefreshToken("session-2", 0, first.secret(), first.mac())));
        assertFalse(tokens.isOurs(new RefreshToken("session-1", 1, first.secret(), first.mac())));
        for (int i = 0; i < 32; i++) {
            assertFalse(tokens.isOurs(new RefreshToken("session-1", 0, flipped(first.secret(), i), first.mac())));
        }
        for (int i = 0; i < 16; i++) {
            assertFalse(tokens.isOurs(new RefreshToken("session-1", 0, first.secret(), flipped(first.mac(), i))));
        }
        assertFalse(tokens.isOurs(new RefreshToken("session-1", 0, new byte[32], new byte[16])));
        // The border between the parts cannot be moved.
        assertFalse(tokens.isOurs(new RefreshToken("session-1.0", 0, first.secret(), first.mac())));
    }

    // The corner case of a changed LATCHKEY_SECRET: nobody can tell spent tokens of before from invented ones.
    @Test
    void refusesTokensOfAnotherSecret() {
        assertFalse(ofAnotherSecret.isOurs(first));
        assertFalse(tokens.isOurs(ofAnotherSecret.first("session-1")));
        // The live one is known by its hash all the same.
        assertTrue(ofAnotherSecret.matches(first, tokens.hash(first)));
    }

    @Test
    void hashesTheWholeToken() throws Exception {
        byte[] hash = tokens.hash(first);
        assertArrayEquals(
                MessageDigest.getInstance("SHA-256").digest(first.text().getBytes(StandardCharsets.UTF_8)), hash);
        assertTrue(tokens.matches(first, hash));
        assertFalse(tokens.matches(tokens.first("session-1"), hash));
        assertFalse(tokens.matches(new RefreshToken("session-1", 1, first.secret(), first.mac()), hash));
        assertFalse(tokens.matches(new RefreshToken("session-1", 0, first.secret(), flipped(first.mac(), 0)), hash));
        assertFalse(tokens.matches(first, new byte[0]));
        assertFalse(tokens.matches(first, Arrays.copyOf(hash, 16)));
    }

    private static byte[] flipped(byte[] bytes, int index) {
        byte[] other = bytes.clone();
        other[index] ^= 1;
        return other;
    }

    /** In a rotation of the master secret there are replicas that have the two secrets in either order. */
    @Test
    void takesTokensOfThePreviousSecret() {
        RefreshTokens before = new RefreshTokens(TestKeys.secrets(OLD));
        RefreshTokens during = new RefreshTokens(TestKeys.secrets(NEW, OLD));
        RefreshTokens after = new RefreshTokens(TestKeys.secrets(NEW));
        RefreshToken first = before.first("session-1");
        byte[] salt = before.salt();
        RefreshToken successor = before.successor(first, salt);

        assertTrue(during.isOurs(first));
        assertEquals(
                successor.text(),
                during.successor(first, salt, during.hash(successor))
                        .orElseThrow()
                        .text());
        RefreshToken next = during.successor(successor, salt);
        assertTrue(after.isOurs(next), "new ones are of the present secret");
        assertFalse(before.isOurs(next));
        assertTrue(
                new RefreshTokens(TestKeys.secrets(OLD, NEW)).isOurs(next),
                "what the other replicas must accept first");
        assertFalse(after.isOurs(first));
        assertTrue(after.successor(first, salt, after.hash(successor)).isEmpty());
        assertFalse(
                new RefreshTokens(TestKeys.secrets(NEW, "a third secret that nothing was made with")).isOurs(first));
    }
}
