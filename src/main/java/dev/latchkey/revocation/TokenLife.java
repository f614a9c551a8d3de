package dev.latchkey.revocation;

import java.time.Duration;

/**
 * How long a revocation may concern a token.
 *
 * @param lifetime of an access token
 * @param leeway by how much clocks may differ
 */
public record TokenLife(Duration lifetime, Duration leeway) {}
