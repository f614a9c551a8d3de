package dev.latchkey.key;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.StoredKey.UsableKey;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;

/**
 * The key pair of a running service, as an attacker has it who holds both its database and its master secret: what it signs
 * is genuine, whatever it says.
 *
 * @param jwk the public half as it is published
 */
public record StolenKey(SigningKey key, String jwk) {

    /** From a database with one key. */
    public static StolenKey of(EmbeddedDatabase database) {
        SigningKeyEntity row = new SigningKeyEntity();
        try (Connection connection = database.connect();
                Statement query = connection.createStatement();
                ResultSet rows =
                        query.executeQuery("select id, algorithm, public_jwk, private_sealed from signing_keys")) {
            if (!rows.next()) {
                throw new IllegalStateException("there is no key");
            }
            row.id = rows.getString(1);
            row.algorithm = rows.getString(2);
            row.publicJwk = rows.getString(3);
            row.encryptedPrivateKey = rows.getBytes(4);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        UsableKey opened = TestKeys.store(EmbeddedDatabaseResource.SECRET).open(row);
        return new StolenKey(Objects.requireNonNull(opened.signs()), row.publicJwk);
    }

    /** A member of the public half. */
    public String member(String name) {
        try {
            return Objects.requireNonNull(JsonUtil.parseJson(jwk).get(name)).toString();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }
}
