package dev.latchkey.password;

import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.BCrypt;

/**
 * A bcrypt hash in modular crypt format, {@code $2b$10$…}.
 *
 * <p>The prefixes 2a and 2y are treated like 2b: implementations agree, except for the bugs that these letters stand for.
 * 2x, which marks hashes that were computed with one of these bugs, is refused.
 */
record Bcrypt(int cost, byte[] salt, byte[] tag) implements StoredHash {

    private static final Pattern CRYPT =
            Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})");

    private static final int MINIMUM_COST = 4;

    // Security: each step doubles the time; at this bound one hash takes a second.
    private static final int MAXIMUM_COST = 14;

    /** Measured with Bouncy Castle. */
    private static final long NANOS_PER_ROUND = 60_000;

    private static final int SALT_BYTES = 16;

    // All implementations store 23 of the 24 bytes that they compute.
    private static final int TAG_BYTES = 23;

    private static final int MAXIMUM_PASSWORD_BYTES = 72;

    private static final String DIGITS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    static Optional<Bcrypt> parse(String encoded) {
        Matcher matcher = CRYPT.matcher(encoded);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int cost = Integer.parseInt(matcher.group(1));
        return cost < MINIMUM_COST || cost > MAXIMUM_COST
                ? Optional.empty()
                : Optional.of(
                        new Bcrypt(cost, decode(matcher.group(2), SALT_BYTES), decode(matcher.group(3), TAG_BYTES)));
    }

    @Override
    public boolean matches(Password password) {
        byte[] secret = password.utf8();
        // A zero byte at the end is part of the password, unless there is no room for it.
        byte[] limited = Arrays.copyOf(secret, Math.min(secret.length + 1, MAXIMUM_PASSWORD_BYTES));
        try {
            byte[] computed = BCrypt.generate(limited, salt, cost);
            // Security: bcrypt repeats the password with its zero, so "a" and "a\\0a" have the same hash. A password
            // that contains a zero is refused, since no system hashes one.
            return MessageDigest.isEqual(tag, Arrays.copyOf(computed, TAG_BYTES)) && !hasZero(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(limited, (byte) 0);
        }
    }

    private static boolean hasZero(byte[] secret) {
        for (byte octet : secret) {
            if (octet == 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int memoryKib() {
        return 4;
    }

    @Override
    public Duration estimatedTime() {
        return Duration.ofNanos(NANOS_PER_ROUND << cost);
    }

    @Override
    public boolean isOutdated(Argon2Parameters current) {
        return true;
    }

    /** A typing error behind byte 72 is not noticed; nor is what is missing there. */
    @Override
    public boolean mayMatchAnother(Password password) {
        return password.utf8Length() >= MAXIMUM_PASSWORD_BYTES;
    }

    /** Decodes bcrypt's base64, which has an alphabet of its own; the last bits, which fill no byte, are ignored. */
    private static byte[] decode(String text, int length) {
        byte[] bytes = new byte[length];
        int bits = 0;
        int buffer = 0;
        int written = 0;
        for (int i = 0; i < text.length() && written < length; i++) {
            buffer = buffer << 6 | DIGITS.indexOf(text.charAt(i));
            bits += 6;
            if (bits >= 8) {
                bits -= 8;
                bytes[written++] = (byte) (buffer >> bits);
            }
        }
        return bytes;
    }
}
