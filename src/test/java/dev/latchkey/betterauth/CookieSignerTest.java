package dev.latchkey.betterauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.TestKeys;
import org.junit.jupiter.api.Test;

class CookieSignerTest {

    private static final String OLD = "the old master secret, of 32 bytes";
    private static final String NEW = "the new master secret, of 32 bytes";

    @Test
    void acceptsCookiesThatWereSignedWithThePreviousSecret() {
        CookieSigner before = new CookieSigner(TestKeys.secrets(OLD));
        CookieSigner during = new CookieSigner(TestKeys.secrets(NEW, OLD));
        CookieSigner after = new CookieSigner(TestKeys.secrets(NEW));

        assertTrue(during.verify("a token", before.sign("a token")));
        assertTrue(during.verifyUrlSafe("a token", before.signUrlSafe("a token")));
        assertFalse(during.verify("another token", before.sign("a token")));
        assertFalse(during.verifyUrlSafe("a token", before.sign("a token")), "one spelling only");
        assertEquals(after.sign("a token"), during.sign("a token"), "new ones are of the present secret");
        assertFalse(after.verify("a token", before.sign("a token")));
        assertFalse(before.verify("a token", after.sign("a token")));
    }
}
