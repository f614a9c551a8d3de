package dev.latchkey.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * An scrypt hash (RFC 7914): a PHC string ({@code $scrypt$ln=16,r=8,p=1$…}), or as Better Auth stores it, salt and key in
 * hexadecimal.
 *
 * @param form the Unicode normal form of the password that is hashed
 */
record Scrypt(int logCost, int blockSize, int parallelism, byte[] salt, byte[] tag, Normalizer.Form form)
        implements StoredHash {

    private static final Pattern PHC = Pattern.compile("\\$scrypt\\$ln=([1-9][0-9]?),r=([1-9][0-9]?),p=([1-9][0-9]?)"
            + "\\$([A-Za-z0-9+/]{11,64})\\$([A-Za-z0-9+/]{22,86})");

    private static final Pattern BETTER_AUTH = Pattern.compile("([0-9a-f]{32}):([0-9a-f]{128})");

    private static final int BETTER_AUTH_LOG_COST = 14;
    private static final int BETTER_AUTH_BLOCK_SIZE = 16;

    // Security: the memory is 128 bytes times cost and block size, and the time grows with the memory times the
    // parallelism. At these bounds one hash takes some seconds.
    private static final long MAXIMUM_BYTES = 128L << 20;

    private static final long MAXIMUM_WORK = 1L << 30;

    /** Measured with Bouncy Castle: 3 µs on an idle core. */
    private static final long NANOS_PER_KIB = 3_000;

    static Optional<Scrypt> parse(String encoded) {
        Matcher phc = PHC.matcher(encoded);
        if (phc.matches()) {
            Optional<byte[]> salt = StoredHash.decodeBase64(phc.group(4));
            Optional<byte[]> tag = StoredHash.decodeBase64(phc.group(5));
            int logCost = Integer.parseInt(phc.group(1));
            int blockSize = Integer.parseInt(phc.group(2));
            int parallelism = Integer.parseInt(phc.group(3));
            return salt.isEmpty() || tag.isEmpty() || isOutOfBounds(logCost, blockSize, parallelism)
                    ? Optional.empty()
                    : Optional.of(
                            new Scrypt(logCost, blockSize, parallelism, salt.get(), tag.get(), Normalizer.Form.NFC));
        }
        Matcher betterAuth = BETTER_AUTH.matcher(encoded);
        return betterAuth.matches()
                ? Optional.of(new Scrypt(
                        BETTER_AUTH_LOG_COST,
                        BETTER_AUTH_BLOCK_SIZE,
                        1,
                        // The salt is the hexadecimal text itself, and not the bytes that it encodes.
                        betterAuth.group(1).getBytes(StandardCharsets.US_ASCII),
                        HexFormat.of().parseHex(betterAuth.group(2)),
                        Normalizer.Form.NFKC))
                : Optional.empty();
    }

    private static boolean isOutOfBounds(int logCost, int blockSize, int parallelism) {
        long bytes = 128L * blockSize << logCost;
        // RFC 7914, section 2: the cost is less than 2 to the power of (128 times the block size divided by 8).
        return logCost > 24 || logCost >= 16 * blockSize || bytes > MAXIMUM_BYTES || bytes * parallelism > MAXIMUM_WORK;
    }

    @Override
    public boolean matches(Password password) {
        byte[] secret = password.utf8(form);
        try {
            byte[] computed = SCrypt.generate(secret, salt, 1 << logCost, blockSize, parallelism, tag.length);
            return MessageDigest.isEqual(tag, computed);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    @Override
    public int memoryKib() {
        return (int) ((128L * blockSize << logCost) / 1024);
    }

    @Override
    public Duration estimatedTime() {
        return Duration.ofNanos(memoryKib() * NANOS_PER_KIB * parallelism);
    }

    @Override
    public boolean isOutdated(Argon2Parameters current) {
        return true;
    }

    /** Where the normal form that was hashed takes two passwords for one, which ours does not, or one ends with a zero. */
    @Override
    public boolean mayMatchAnother(Password password) {
        return password.text().endsWith("\0") || !Arrays.equals(password.utf8(form), password.utf8());
    }
}
