package dev.latchkey.password;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.BCrypt;

/**
 * One bcrypt hash in modular crypt form, {@code $2b$10$…}.
 *
 * <p>The prefixes 2a and 2y are read like 2b: implementations without the faults that the letters tell of agree. 2x, which
 * marks hashes made with one of these faults, is refused.
 */
record Bcrypt(int cost, byte[] salt, byte[] tag) implements StoredHash {

    private static final Pattern CRYPT =
            Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})");

    private static final int MINIMUM_COST = 4;

    // Security: each step doubles the time; at this bound one hash takes a second.
    private static final int MAXIMUM_COST = 14;

    private static final int SALT_BYTES = 16;

    // Of the 24 bytes that are computed all implementations keep 23.
    private static final int TAG_BYTES = 23;

    private static final int MOST_PASSWORD_BYTES = 72;

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
                        new Bcrypt(cost, decoded(matcher.group(2), SALT_BYTES), decoded(matcher.group(3), TAG_BYTES)));
    }

    @Override
    public boolean matches(Password password) {
        byte[] secret = password.utf8();
        // The zero at the end is part of the password, unless it has no room left.
        byte[] limited = Arrays.copyOf(secret, Math.min(secret.length + 1, MOST_PASSWORD_BYTES));
        try {
            byte[] computed = BCrypt.generate(limited, salt, cost);
            // Security: bcrypt repeats the password with its zero, so "a" and "a\\0a" have one hash; no system made one
            // of a
            // password with a zero in it.
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
    public boolean isOutdated(Argon2Parameters current) {
        return true;
    }

    /** Base64 with digits of its own; the last bits, for which there is no byte, mean nothing. */
    private static byte[] decoded(String text, int length) {
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
