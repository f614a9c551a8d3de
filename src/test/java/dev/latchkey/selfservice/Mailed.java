package dev.latchkey.selfservice;

import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.http.Client;
import java.net.URI;
import java.util.UUID;

/** What tests of mailed links share. */
public final class Mailed {

    private Mailed() {}

    /** Somebody from an address of their own, so that tests do not count together. */
    public static Client client() {
        UUID random = UUID.randomUUID();
        return new Client(
                "2001:db8:%x:%x::1"
                        .formatted(random.getMostSignificantBits() & 0xFFFF, random.getLeastSignificantBits() & 0xFFFF),
                "test");
    }

    static URI link(String token) {
        return URI.create("https://id.example.com/do?token=" + token);
    }

    public static String newAddress() {
        return "new-" + UUID.randomUUID() + "@example.com";
    }

    /** Lets the links of somebody expire. */
    public static void expire(String user) {
        Sql.update("update mailed_links set expires_at = now() - interval '1 second' where user_id = ?", user);
    }

    /** How many events of a type and outcome stand in somebody's record. */
    public static long events(String user, String type, String outcome) {
        return Sql.count(
                "select count(*) from audit_events where user_id = ? and type = ? and outcome = ?",
                user,
                type,
                outcome);
    }
}
