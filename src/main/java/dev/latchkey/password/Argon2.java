package dev.latchkey.password;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;

/** An Argon2id hash (RFC 9106, version 19) as a PHC string; imported hashes may be of Argon2i or Argon2d. */
final class Argon2 implements StoredHash {

    private static final int ID = org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_id;
    private static final int SALT_BYTES = 16;
    private static final int TAG_BYTES = 32;

    // The PHC string format: decimal numbers without leading zeros, base64 without padding. The format's specification
    // has salts of 8 to 48 bytes and tags of up to 64 for Argon2; its shortest tag is raised to 128 bits here.
    private static final Pattern PHC = Pattern.compile("\\$argon2(id|i|d)\\$v=19"
            + "\\$m=([1-9][0-9]{0,6}),t=([1-9][0-9]{0,3}),p=([1-9][0-9]{0,2})"
            + "\\$([A-Za-z0-9+/]{11,64})\\$([A-Za-z0-9+/]{22,86})");

    private final int variant;
    private final Argon2Parameters parameters;
    private final byte[] salt;
    private final byte[] tag;

    private Argon2(int variant, Argon2Parameters parameters, byte[] salt, byte[] tag) {
        this.variant = variant;
        this.parameters = parameters;
        this.salt = salt;
        this.tag = tag;
    }

    /** Computes the hash of a password with a new salt. */
    static Argon2 hash(Password password, Argon2Parameters parameters, SecureRandom random) {
        byte[] salt = randomBytes(SALT_BYTES, random);
        return new Argon2(ID, parameters, salt, compute(password, ID, parameters, salt, TAG_BYTES));
    }

    /** Returns a hash of no password; comparing with it takes as long as comparing with a real one. */
    static Argon2 dummy(Argon2Parameters parameters, SecureRandom random) {
        return new Argon2(ID, parameters, randomBytes(SALT_BYTES, random), randomBytes(TAG_BYTES, random));
    }

    /** Parses a PHC string; empty if it is of another format, or its costs or sizes are out of bounds. */
    static Optional<Argon2> parse(String encoded) {
        Matcher matcher = PHC.matcher(encoded);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Optional<byte[]> salt = StoredHash.decodeBase64(matcher.group(5));
        Optional<byte[]> tag = StoredHash.decodeBase64(matcher.group(6));
        if (salt.isEmpty() || tag.isEmpty()) {
            return Optional.empty();
        }
        return Argon2Parameters.ofStoredHash(
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)),
                        Integer.parseInt(matcher.group(4)))
                .map(parameters -> new Argon2(variant(matcher.group(1)), parameters, salt.get(), tag.get()));
    }

    private static int variant(String suffix) {
        return switch (suffix) {
            case "i" -> org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_i;
            case "d" -> org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_d;
            default -> ID;
        };
    }

    /** Returns the hash as a PHC string. */
    String encoded() {
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(
                        parameters.memoryKib(),
                        parameters.passes(),
                        parameters.lanes(),
                        StoredHash.encodeBase64(salt),
                        StoredHash.encodeBase64(tag));
    }

    @Override
    public boolean matches(Password password) {
        // Security: isEqual takes the same time wherever the first difference is.
        return MessageDigest.isEqual(tag, compute(password, variant, parameters, salt, tag.length));
    }

    @Override
    public int memoryKib() {
        return parameters.memoryKib();
    }

    @Override
    public Duration estimatedTime() {
        return parameters.estimatedTime();
    }

    /** Weaker, and not different: a stronger hash of another system, or of earlier settings, stays. */
    @Override
    public boolean isOutdated(Argon2Parameters current) {
        return variant != ID || parameters.isWeakerThan(current) || salt.length < SALT_BYTES || tag.length < TAG_BYTES;
    }

    @Override
    public boolean mayMatchAnother(Password password) {
        return false;
    }

    private static byte[] compute(
            Password password, int variant, Argon2Parameters parameters, byte[] salt, int length) {
        var generator = new Argon2BytesGenerator();
        generator.init(new org.bouncycastle.crypto.params.Argon2Parameters.Builder(variant)
                .withVersion(org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(parameters.memoryKib())
                .withIterations(parameters.passes())
                .withParallelism(parameters.lanes())
                .withSalt(salt)
                .build());
        byte[] computed = new byte[length];
        byte[] secret = password.utf8();
        try {
            generator.generateBytes(secret, computed);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
        return computed;
    }

    private static byte[] randomBytes(int length, SecureRandom random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
