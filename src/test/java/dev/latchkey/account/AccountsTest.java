package dev.latchkey.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccountsTest {

    // Roles are changed by SQL, and a user who was given one twice could not sign in any more.
    @Test
    void readsRolesThatSqlHasSetTwiceOrToNull() {
        UserEntity row = new UserEntity();
        row.id = "ada";
        row.email = "ada@example.com";
        row.roles = new String[] {"admin", null, "staff", "admin"};
        row.createdAt = Instant.EPOCH;
        row.updatedAt = Instant.EPOCH;

        assertEquals(Set.of("admin", "staff"), Accounts.profile(row).roles());
    }
}
