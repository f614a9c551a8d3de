package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.http.HttpConfig;
import dev.latchkey.token.TokenConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the defaults allow at once, at worst, fits into the heap of the executable (docs/operations.md, "Memory"). */
class MemorySumTest {

    private static final long MIB = 1L << 20;
    private static final long SMALL_HEAD = 2 * 1024;
    private static final long SMALL_BODY = 4 * 1024;

    /** What is made of heads and bodies takes up to twice what has arrived of them. */
    private static final int FACTOR = 2;

    /** The service itself, with full rate limits and queues; an estimate. */
    private static final long SERVICE = 16 * MIB;

    private static final String BETTER_AUTH = "0".repeat(32) + ":" + "0".repeat(128);

    private final Properties shipped = shipped();
    private final SmallRyeConfig config = new SmallRyeConfigBuilder()
            .withConverter(Duration.class, 200, new DurationConverter())
            .withConverter(MemorySize.class, 200, new MemorySizeConverter())
            .withMapping(HttpConfig.class)
            .withMapping(TokenConfig.class)
            .withMapping(PasswordConfig.class)
            .withDefaultValue("LATCHKEY_PUBLIC_URL", "")
            .withDefaultValue("LATCHKEY_TRUSTED_PROXIES", "")
            .withDefaultValue("LATCHKEY_TRUSTED_ORIGINS", "")
            .withDefaultValue("LATCHKEY_THROTTLE_ENABLED", "true")
            .build();

    @Test
    void reservesWhatEverythingButHashingMayTake() {
        HttpConfig http = config.getConfigMapping(HttpConfig.class);
        long connections = Long.parseLong(shipped.getProperty("quarkus.http.limits.max-connections"));
        long heads = FACTOR * (connections * SMALL_HEAD + http.head().memory().asLongValue());
        long bodies =
                FACTOR * (http.maxRequests() * SMALL_BODY + http.body().memory().asLongValue());
        long cache = config.getConfigMapping(TokenConfig.class).cache().asLongValue();

        assertTrue(
                heads + bodies + cache + SERVICE <= HashPermits.RESERVED_MIB * MIB,
                "%d of heads, %d of bodies, %d of tokens".formatted(heads, bodies, cache));
    }

    @Test
    void leavesRoomForOneHashOfBetterAuthInTheExecutable() {
        PasswordConfig password = config.getConfigMapping(PasswordConfig.class);
        StoredHash hash = StoredHash.parse(BETTER_AUTH).orElseThrow();

        assertTrue(hash.memoryKib() * 1024L + HashPermits.RESERVED_MIB * MIB <= heap());
        assertFalse(new HashLimits(password, heap()).isTooExpensive(hash));
        assertEquals(1, HashPermits.fitting(hash.memoryKib(), heap()));
        assertTrue(new HashLimits(password, heap() - MIB).isTooExpensive(hash), "it would not fit");
    }

    /** The heap that the executable is built with. */
    private long heap() {
        Matcher size = Pattern.compile("-R:MaxHeapSize=(\\d+)m")
                .matcher(shipped.getProperty("quarkus.native.additional-build-args"));
        assertTrue(size.find());
        return Long.parseLong(size.group(1)) * MIB;
    }

    private static Properties shipped() {
        Properties properties = new Properties();
        try (InputStream file = MemorySumTest.class.getResourceAsStream("/application.properties")) {
            properties.load(file);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
