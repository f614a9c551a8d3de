package dev.latchkey.key;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The secrets of a deployment, each as a value or as a mounted file, and the life of the keys that sign. */
@ConfigMapping(prefix = "latchkey.key")
public interface KeyConfig {

    /** The master secret, 32 bytes at least ({@code LATCHKEY_SECRET}). */
    @WithDefault("${LATCHKEY_SECRET:}")
    Optional<String> secret();

    /** A file that holds the master secret ({@code LATCHKEY_SECRET_FILE}). */
    @WithDefault("${LATCHKEY_SECRET_FILE:}")
    Optional<Path> secretFile();

    /**
     * The master secret before the present one ({@code LATCHKEY_SECRET_PREVIOUS}): what was encrypted, signed or derived with it
     * is still valid, and nothing new is.
     */
    @WithDefault("${LATCHKEY_SECRET_PREVIOUS:}")
    Optional<String> secretPrevious();

    /** A file that holds the master secret before the present one ({@code LATCHKEY_SECRET_PREVIOUS_FILE}). */
    @WithDefault("${LATCHKEY_SECRET_PREVIOUS_FILE:}")
    Optional<Path> secretPreviousFile();

    /** When set, tokens are HS256 with the UTF-8 bytes of this value ({@code LATCHKEY_JWT_SECRET}), 32 bytes at least. */
    @WithDefault("${LATCHKEY_JWT_SECRET:}")
    Optional<String> jwtSecret();

    /** A file that holds the shared secret ({@code LATCHKEY_JWT_SECRET_FILE}). */
    @WithDefault("${LATCHKEY_JWT_SECRET_FILE:}")
    Optional<Path> jwtSecretFile();

    /** The shared secret before the present one; it verifies and never signs ({@code LATCHKEY_JWT_SECRET_PREVIOUS}). */
    @WithDefault("${LATCHKEY_JWT_SECRET_PREVIOUS:}")
    Optional<String> jwtSecretPrevious();

    /** A file that holds the shared secret before the present one ({@code LATCHKEY_JWT_SECRET_PREVIOUS_FILE}). */
    @WithDefault("${LATCHKEY_JWT_SECRET_PREVIOUS_FILE:}")
    Optional<Path> jwtSecretPreviousFile();

    /**
     * The secret that signs the cookies of the Better Auth paths ({@code LATCHKEY_BETTER_AUTH_SECRET}), 32 bytes at least: a
     * Better Auth server's own, so that its cookies stay valid. Empty: derived from the master secret.
     */
    @WithDefault("${LATCHKEY_BETTER_AUTH_SECRET:}")
    Optional<String> betterAuthSecret();

    /** A file that holds it ({@code LATCHKEY_BETTER_AUTH_SECRET_FILE}). */
    @WithDefault("${LATCHKEY_BETTER_AUTH_SECRET_FILE:}")
    Optional<Path> betterAuthSecretFile();

    /** The algorithm of new keys when there is no shared secret: {@code EdDSA}, {@code ES256}, {@code RS256} or {@code PS256}. */
    @WithDefault("EdDSA")
    String algorithm();

    /** How long a key signs before the next one takes its place; empty: until an operator rotates it. */
    @WithDefault("90d")
    Optional<Duration> rotation();

    /** How long a new key is published before it signs, so that backends that cache the public keys know it by then. */
    @WithDefault("10m")
    Duration publishAhead();

    /**
     * How long a key verifies after the next one has begun to sign: the lifetime of an access token, and what clocks and replicas
     * may lag; {@code token.TokenSettingsCheck} compares.
     */
    @WithDefault("20m")
    Duration overlap();
}
