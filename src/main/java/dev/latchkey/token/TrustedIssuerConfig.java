package dev.latchkey.token;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Other issuers whose tokens are accepted, each under a name of its own. */
@ConfigMapping(prefix = "latchkey.token.trusted")
public interface TrustedIssuerConfig {

    @WithParentName
    Map<String, Trusted> issuers();

    /** One of them: by its public keys or by a secret shared with it. */
    interface Trusted {

        /** Where it publishes its keys, by HTTPS (plain HTTP on a loopback address only). */
        Optional<URI> jwksUrl();

        /** Or the secret whose UTF-8 bytes sign its HS256 tokens, 32 bytes at least. */
        Optional<String> secret();

        /** A file that holds the secret. */
        Optional<Path> secretFile();

        /** The {@code kid} that its HS256 tokens carry; empty: they carry none. */
        Optional<String> keyId();

        /** Its {@code iss} claim. Required with public keys; empty with a secret: its tokens carry none. */
        Optional<String> issuer();

        /** The {@code aud} claim that is meant for us. Required with public keys; empty with a secret: there is none. */
        Optional<String> audience();

        /** The algorithms that it may use: {@code EdDSA}, {@code ES256}, {@code RS256}, {@code PS256}; all by default. */
        Optional<List<String>> algorithms();

        /** The {@code typ} headers that it may use; by default {@code JWT}, {@code at+jwt} or none at all. */
        Optional<List<String>> types();

        /** The claim that names the user: {@code sub}, {@code user_id}, {@code id}, or {@code user.id} inside of one. */
        @WithDefault("sub")
        String userClaim();

        /** The claim that holds the e-mail address, if there is one. */
        @WithDefault("email")
        String emailClaim();

        /** A second claim by which a token ends, seconds or RFC 3339: {@code session.expiresAt}. */
        Optional<String> endClaim();

        /** How long its keys stay in use after its key set was last read with a usable key in it. */
        @WithDefault("24h")
        Duration keysMaxAge();

        /**
         * How long after its {@code iat} a token is accepted, whatever later end it has, where the issuer shares users. What
         * revokes the earlier tokens of a user is kept as long, by every replica.
         */
        @WithDefault("7d")
        Duration maxLifetime();

        /** Whether its user ids are ours, as after importing its users. Only then its tokens open routes of this service. */
        @WithDefault("false")
        boolean sharesUsers();
    }
}
