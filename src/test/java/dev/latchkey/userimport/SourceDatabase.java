package dev.latchkey.userimport;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A database with the tables of a Better Auth server, as its own migration makes them, and no users yet. */
record SourceDatabase(EmbeddedDatabase database) {

    static final String TABLES = """
            create table "user" (
                id text primary key, name text not null, email text not null unique, "emailVerified" boolean not null,
                image text, "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now());
            create table session (
                id text primary key, "expiresAt" timestamptz not null, token text not null unique,
                "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null,
                "ipAddress" text, "userAgent" text, "userId" text not null references "user" on delete cascade);
            create table account (
                id text primary key, "accountId" text not null, "providerId" text not null,
                "userId" text not null references "user" on delete cascade,
                "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" timestamptz,
                "refreshTokenExpiresAt" timestamptz, scope text, password text,
                "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null);
            create index "account_userId_idx" on account ("userId");
            create index "session_userId_idx" on session ("userId")""";

    /** Of the password "correct horse". */
    static final String HASH =
            "0123456789abcdef0123456789abcdef:c967f8a4438e68448871a4fbb9b41b2aacaa6d9d98bf76d9740467af6a33"
                    + "05c6601235ae3706eaeaafd4c037201f630b3c3670caf74d8be1d22256672828773e";

    static SourceDatabase empty() {
        SourceDatabase made = bare();
        made.update(TABLES);
        return made;
    }

    static SourceDatabase bare() {
        return new SourceDatabase(EmbeddedDatabaseResource.emptyDatabase());
    }

    /** The same, as a role that may create roles. */
    SourceDatabase asSuperuser() {
        return new SourceDatabase(new EmbeddedDatabase(database.url(), "postgres", database.password()));
    }

    SourceUrl url() {
        return new SourceUrl(database.url());
    }

    BetterAuthDatabase open() {
        return BetterAuthDatabase.open(url(), database.username(), database.password());
    }

    /** Adds a user with a password of this hash. */
    SourceDatabase user(String id, String email, String hash) {
        update("insert into \"user\" (id, name, email, \"emailVerified\") values (?, 'Ada', ?, true)", id, email);
        return account(id, "credential", hash);
    }

    SourceDatabase account(String user, String provider, String hash) {
        update(
                "insert into account (id, \"accountId\", \"providerId\", \"userId\", password, \"updatedAt\")"
                        + " values (gen_random_uuid(), ?, ?, ?, ?, clock_timestamp())",
                user,
                provider,
                user,
                hash);
        return this;
    }

    SourceDatabase session(String user, String token, String created, String expires) {
        update(
                "insert into session (id, token, \"userId\", \"createdAt\", \"updatedAt\", \"expiresAt\", \"ipAddress\","
                        + " \"userAgent\") values (gen_random_uuid(), ?, ?, now() + cast(? as interval), now(),"
                        + " now() + cast(? as interval), '192.0.2.7', 'a browser')",
                token,
                user,
                created,
                expires);
        return this;
    }

    void update(String sql, Object... parameters) {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
