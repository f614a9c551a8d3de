package dev.latchkey.platform.crypto;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * What the database's password becomes when it is proved as SCRAM-SHA-256 has it (RFC 5802, {@code SaltedPassword}): 4,096
 * rounds, by default, for each connection. In the executable the platform takes 9 ms for them, a tenth of its start, and two
 * connections are opened then. Here they take a third of that, and once for all connections: the password has one salt until
 * it is changed. RFC 5802 lets a client keep the result.
 */
final class SaltedPassword {

    private static SaltedPassword last = new SaltedPassword(new byte[0], new byte[0], 0, new byte[0]);

    private final byte[] password;
    private final byte[] salt;
    private final int iterations;
    private final byte[] key;

    private SaltedPassword(byte[] password, byte[] salt, int iterations, byte[] key) {
        this.password = password;
        this.salt = salt;
        this.iterations = iterations;
        this.key = key;
    }

    static synchronized byte[] of(char[] password, byte[] salt, int iterations) {
        byte[] secret = utf8(password);
        if (!last.isOf(secret, salt, iterations)) {
            last = new SaltedPassword(secret, salt.clone(), iterations, derive(secret, salt, iterations));
        }
        return last.key.clone();
    }

    private boolean isOf(byte[] password, byte[] salt, int iterations) {
        return this.iterations == iterations
                && Arrays.equals(this.salt, salt)
                && Arrays.equals(this.password, password);
    }

    private static byte[] derive(byte[] password, byte[] salt, int iterations) {
        var digest = new SHA256Digest();
        var generator = new PKCS5S2ParametersGenerator(digest);
        generator.init(password, salt, iterations);
        return ((KeyParameter) generator.generateDerivedMacParameters(digest.getDigestSize() * 8)).getKey();
    }

    private static byte[] utf8(char[] characters) {
        var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(characters));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    /** Takes the place of the driver's own computation in the executable. */
    @TargetClass(className = "org.postgresql.shaded.com.ongres.scram.common.CryptoUtil")
    static final class InDriver {

        @Substitute
        static byte[] hi(SecretKeyFactory factory, int keyBits, char[] password, byte[] salt, int iterations) {
            if (!factory.getAlgorithm().equals("PBKDF2WithHmacSHA256") || keyBits != 256) {
                throw new UnsupportedOperationException("of SCRAM the executable has SHA-256 only, as PostgreSQL does");
            }
            return of(password, salt, iterations);
        }
    }
}
