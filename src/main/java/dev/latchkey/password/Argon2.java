package dev.latchkey.password;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;

/** One Argon2id hash (RFC 9106, version 19): made, written and read as a PHC string, compared. Others' Argon2i and 2d too. */
final class Argon2 implements StoredHash {

    private static final int ID = org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_id;
    private static final int SALT_BYTES = 16;
    private static final int TAG_BYTES = 32;

    // The PHC string format: decimal numbers without leading zeros, base64 without padding. Salts of 8 to 48 bytes and
    // tags of 16 to 64 are what the format's specification has for Argon2, with its least tag raised to 128 bits.
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

    static Argon2 hash(Password password, Argon2Parameters parameters, SecureRandom random) {
        byte[] salt = random(SALT_BYTES, random);
        return new Argon2(ID, parameters, salt, compute(password, ID, parameters, salt, TAG_BYTES));
    }

    /** A hash of no password: comparing with it costs what comparing with a real one does. */
    static Argon2 dummy(Argon2Parameters parameters, SecureRandom random) {
        return new Argon2(ID, parameters, random(SALT_BYTES, random), random(TAG_BYTES, random));
    }

    /** Reads a PHC string; empty when it is of another format, or its costs or sizes are out of bounds. */
    static Optional<Argon2> parse(String encoded) {
        Matcher matcher = PHC.matcher(encoded);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Optional<byte[]> salt = StoredHash.unpadded(matcher.group(5));
        Optional<byte[]> tag = StoredHash.unpadded(matcher.group(6));
        if (salt.isEmpty() || tag.isEmpty()) {
            return Optional.empty();
        }
        return Argon2Parameters.stored(
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)),
                        Integer.parseInt(matcher.group(4)))
                .map(parameters -> new Argon2(variant(matcher.group(1)), parameters, salt.get(), tag.get()));
    }

    private static int variant(String letters) {
        return switch (letters) {
            case "i" -> org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_i;
            case "d" -> org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_d;
            default -> ID;
        };
    }

    String encoded() {
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(
                        parameters.memoryKib(),
                        parameters.passes(),
                        parameters.lanes(),
                        StoredHash.unpadded(salt),
                        StoredHash.unpadded(tag));
    }

    @Override
    public boolean matches(Password password) {
        // Security: isEqual takes the same time wherever the first difference stands.
        return MessageDigest.isEqual(tag, compute(password, variant, parameters, salt, tag.length));
    }

    @Override
    public int memoryKib() {
        return parameters.memoryKib();
    }

    @Override
    public boolean isOutdated(Argon2Parameters current) {
        return variant != ID || !parameters.equals(current) || salt.length != SALT_BYTES || tag.length != TAG_BYTES;
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

    private static byte[] random(int length, SecureRandom random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
