package dev.latchkey.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * A PBKDF2 hash (RFC 8018) in one of the common formats: PHC ({@code $pbkdf2-sha256$i=600000$…}), passlib's ({@code
 * $pbkdf2-sha256$600000$…}, base64 with a dot for the plus), Django's ({@code pbkdf2_sha256$600000$…}, the salt a text).
 */
record Pbkdf2(Hash hash, int iterations, byte[] salt, byte[] tag) implements StoredHash {

    private static final Pattern PHC = Pattern.compile("\\$pbkdf2(-sha1|-sha256|-sha512|)"
            + "\\$(?:i=)?([1-9][0-9]{0,7})(?:,l=[0-9]{1,3})?"
            + "\\$([A-Za-z0-9+./]{6,128})\\$([A-Za-z0-9+./]{22,86})");

    private static final Pattern DJANGO =
            Pattern.compile("pbkdf2_(sha1|sha256)\\$([1-9][0-9]{0,7})\\$([^$]{1,128})\\$([A-Za-z0-9+/]{22,86}={0,2})");

    private static final int MINIMUM_ITERATIONS = 1_000;

    // Security: at this bound one hash takes two seconds. It is three times what is recommended for SHA-256 today.
    private static final int MAXIMUM_ITERATIONS = 2_000_000;

    private static final int MINIMUM_TAG_BYTES = 16;

    /** The hash function that the HMAC of PBKDF2 uses. */
    enum Hash {
        SHA1,
        SHA256,
        SHA512;

        static Hash of(String name) {
            return switch (name) {
                case "", "-sha1", "sha1" -> SHA1;
                case "-sha256", "sha256" -> SHA256;
                default -> SHA512;
            };
        }

        /** Measured with Bouncy Castle. */
        long nanosPerIteration() {
            return switch (this) {
                case SHA1 -> 600;
                case SHA256 -> 800;
                case SHA512 -> 1_200;
            };
        }

        Digest digest() {
            return switch (this) {
                case SHA1 -> new SHA1Digest();
                case SHA256 -> SHA256Digest.newInstance();
                case SHA512 -> new SHA512Digest();
            };
        }
    }

    static Optional<Pbkdf2> parse(String encoded) {
        Matcher phc = PHC.matcher(encoded);
        if (phc.matches()) {
            Optional<byte[]> salt = StoredHash.decodeBase64(phc.group(3).replace('.', '+'));
            Optional<byte[]> tag = StoredHash.decodeBase64(phc.group(4).replace('.', '+'));
            return salt.isEmpty() || tag.isEmpty()
                    ? Optional.empty()
                    : withinBounds(Hash.of(phc.group(1)), phc.group(2), salt.get(), tag.get());
        }
        Matcher django = DJANGO.matcher(encoded);
        if (django.matches()) {
            byte[] salt = django.group(3).getBytes(StandardCharsets.UTF_8);
            return StoredHash.decodeBase64(django.group(4).replace("=", ""))
                    .flatMap(tag -> withinBounds(Hash.of(django.group(1)), django.group(2), salt, tag));
        }
        return Optional.empty();
    }

    private static Optional<Pbkdf2> withinBounds(Hash hash, String iterations, byte[] salt, byte[] tag) {
        int count = Integer.parseInt(iterations);
        int size = hash.digest().getDigestSize();
        // Every block of the tag takes all iterations.
        long work = (long) count * Math.ceilDiv(tag.length, size);
        return count < MINIMUM_ITERATIONS || work > MAXIMUM_ITERATIONS || tag.length < MINIMUM_TAG_BYTES
                ? Optional.empty()
                : Optional.of(new Pbkdf2(hash, count, salt, tag));
    }

    @Override
    public boolean matches(Password password) {
        byte[] secret = password.utf8();
        try {
            var generator = new PKCS5S2ParametersGenerator(hash.digest());
            generator.init(secret, salt, iterations);
            KeyParameter computed = (KeyParameter) generator.generateDerivedMacParameters(tag.length * 8);
            return MessageDigest.isEqual(tag, computed.getKey());
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    @Override
    public int memoryKib() {
        return 0;
    }

    @Override
    public Duration estimatedTime() {
        int blocks = Math.ceilDiv(tag.length, hash.digest().getDigestSize());
        return Duration.ofNanos((long) iterations * blocks * hash.nanosPerIteration());
    }

    @Override
    public boolean isOutdated(Argon2Parameters current) {
        return true;
    }

    /** HMAC pads its key with zeros, so a zero at the end makes no difference (RFC 2104, section 2). */
    @Override
    public boolean mayMatchAnother(Password password) {
        return password.text().endsWith("\0");
    }
}
