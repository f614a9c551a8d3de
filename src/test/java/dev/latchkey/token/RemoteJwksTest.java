package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.SteppedClock;
import dev.latchkey.fixture.TestHttp;
import dev.latchkey.key.Algorithm;
import dev.latchkey.key.TestKeys;
import dev.latchkey.platform.boot.DeploymentCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another issuer's keys are fetched in the background, seldom, and never lost because their source is. */
class RemoteJwksTest {

    private static final String FIRST = set(TestKeys.pairs(Algorithm.EDDSA).published());
    private static final String SECOND = set(TestKeys.pairs(Algorithm.ES256).published());

    private final SteppedClock clock = new SteppedClock();
    private Duration ahead = Duration.ZERO;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile String body = FIRST;
    private volatile int status = 200;
    private volatile CountDownLatch held = new CountDownLatch(0);
    private HttpServer source;
    private RemoteJwks keys;

    @BeforeEach
    void start() throws IOException {
        source = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        source.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        source.createContext("/jwks", this::response);
        source.start();
        keys = new RemoteJwks(
                "shop",
                URI.create("http://127.0.0.1:" + source.getAddress().getPort() + "/jwks"),
                EnumSet.of(Algorithm.EDDSA, Algorithm.ES256),
                Duration.ofHours(24),
                TestHttp.CLIENT,
                clock);
    }

    @AfterEach
    void stop() {
        held.countDown();
        source.stop(0);
    }

    @Test
    void hasNoKeysBeforeTheFirstFetch() {
        assertEquals(List.of(), keys.keys());
        assertEquals(0, asked.get());
    }

    /** For an operator, in words. */
    @Test
    void fetchesAtOnceAndSaysWhyThatFailed() {
        TrustedKeysCheck check = new TrustedKeysCheck(() -> List.of(keys));
        assertEquals(DeploymentCheck.Status.OK, check.run().getFirst().status());
        status = 503;
        DeploymentCheck.CheckResult down = check.run().getFirst();
        assertEquals(DeploymentCheck.Status.ERROR, down.status());
        assertEquals("shop", down.name());
        assertTrue(down.message().contains("the response has status 503"), down.message());
        assertTrue(down.remedy().contains("latchkey.token.trusted.shop.jwks-url"), down.remedy());
        status = 200;
        body = "{\"keys\": []}";
        assertTrue(
                check.run().getFirst().message().contains("no key that may be used"),
                check.run().toString());
        body = "<html>";
        assertEquals(DeploymentCheck.Status.ERROR, check.run().getFirst().status());
        source.stop(0);
        assertEquals(DeploymentCheck.Status.ERROR, check.run().getFirst().status());
        assertEquals(
                DeploymentCheck.Status.SKIPPED,
                new TrustedKeysCheck(List::of).run().getFirst().status());
    }

    @Test
    void fetchesOnceInFiveMinutes() {
        refreshed();
        assertEquals(Algorithm.EDDSA, keys.keys().getFirst().algorithm());
        keys.refresh();
        advance(Duration.ofMinutes(4));
        keys.refresh();
        assertEquals(1, asked.get());
        body = SECOND;
        advance(Duration.ofMinutes(1));
        keys.refresh();
        Eventually.holds("the keys are new", () -> known(Algorithm.ES256));
        assertEquals(2, asked.get());
    }

    // A key that the issuer withdrew must not count for ever.
    @Test
    void removesKeyThatIsNoLongerPublished() {
        refreshed();
        body = SECOND;
        advance(Duration.ofMinutes(6));
        keys.refresh();
        Eventually.holds("the keys are new", () -> known(Algorithm.ES256));
        assertFalse(known(Algorithm.EDDSA));
    }

    @Test
    void keepsLastKeysWhileTheSourceFails() {
        refreshed();
        for (Runnable failure : List.<Runnable>of(
                () -> status = 500,
                () -> status = 301,
                () -> body = "<html>",
                () -> body = "{\"keys\":[]}",
                () -> body = set(List.of(Map.of("kty", "oct", "k", "AAAA"))),
                () -> body = "{\"keys\":[" + "\"x\",".repeat(300_000) + "1]}")) {
            status = 200;
            body = FIRST;
            failure.run();
            int before = asked.get();
            advance(Duration.ofMinutes(6));
            assertFalse(keys.fetchForUnknownKey().join());
            assertEquals(before + 1, asked.get());
            assertTrue(known(Algorithm.EDDSA));
        }
        source.stop(0);
        advance(Duration.ofMinutes(6));
        assertFalse(keys.fetchForUnknownKey().join());
        assertTrue(known(Algorithm.EDDSA));
    }

    // Security: else a stolen key would be in use for as long as its issuer cannot be reached, or has no other to
    // publish.
    @Test
    void dropsKeysThatCouldNotBeReadForADay() {
        refreshed();
        for (Runnable failure : List.<Runnable>of(() -> status = 500, () -> body = "{\"keys\":[]}")) {
            status = 200;
            body = FIRST;
            advance(Duration.ofMinutes(6));
            assertTrue(keys.fetchForUnknownKey().join());
            assertEquals("1 keys", keys.status());
            failure.run();
            advance(Duration.ofHours(24).minusSeconds(1));
            assertFalse(keys.fetchForUnknownKey().join());
            assertTrue(known(Algorithm.EDDSA));
            assertTrue(keys.status().contains("stay in use until"), keys::status);
            advance(Duration.ofSeconds(1));
            assertEquals(List.of(), keys.keys());
            assertTrue(keys.status().contains("no longer in use"), keys::status);
        }
        status = 200;
        body = SECOND;
        advance(Duration.ofMinutes(6));
        assertTrue(keys.fetchForUnknownKey().join());
        assertTrue(known(Algorithm.ES256), "they are back");
    }

    @Test
    void retriesSoonAfterAFailureButNotAtOnce() {
        status = 503;
        assertFalse(keys.fetchForUnknownKey().join());
        keys.refresh();
        assertEquals(1, asked.get());
        status = 200;
        advance(Duration.ofSeconds(11));
        keys.refresh();
        Eventually.holds("the keys are known", () -> known(Algorithm.EDDSA));
    }

    // Security: tokens with invented keys must not make the issuer's server busy.
    @Test
    void fetchesForUnknownKeysRarely() {
        refreshed();
        assertTrue(keys.fetchForUnknownKey().join());
        body = SECOND;
        for (int i = 0; i < 1000; i++) {
            assertFalse(keys.fetchForUnknownKey().join());
        }
        assertEquals(2, asked.get());
        advance(Duration.ofSeconds(31));
        assertTrue(keys.fetchForUnknownKey().join());
        assertTrue(known(Algorithm.ES256));
        assertEquals(3, asked.get());
    }

    // All tokens that come meanwhile wait for the one response.
    @Test
    void fetchesOnceForConcurrentTokens() {
        held = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> looks =
                Stream.generate(keys::fetchForUnknownKey).limit(50).toList();
        held.countDown();
        looks.forEach(look -> assertTrue(look.join()));
        assertEquals(1, asked.get());
    }

    @Test
    void timesOutWhenTheSourceDoesNotRespond() {
        held = new CountDownLatch(1);
        assertFalse(keys.fetchForUnknownKey().join());
        assertEquals(List.of(), keys.keys());
    }

    private void advance(Duration further) {
        ahead = ahead.plus(further);
        clock.stepTo(ahead);
    }

    private void refreshed() {
        keys.refresh();
        Eventually.holds("the keys are known", () -> known(Algorithm.EDDSA));
    }

    private boolean known(Algorithm algorithm) {
        return keys.keys().stream().anyMatch(key -> key.algorithm() == algorithm);
    }

    private void response(HttpExchange exchange) {
        try (exchange) {
            asked.incrementAndGet();
            held.await();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String set(List<Map<String, Object>> keys) {
        return JsonUtil.toJson(Map.of("keys", keys));
    }
}
