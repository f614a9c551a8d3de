package dev.latchkey.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import dev.latchkey.platform.http.TrustedProxies;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The client addresses of audit events show whether the proxies in front are known. */
class RecordedClientsTest {

    private static final TrustedProxies PROXIES = TrustedProxies.of(List.of("10.0.0.0/8"));

    @Test
    void differentClientsAreAsTheyShouldBe() {
        assertEquals(Status.OK, check(clients(50)).status());
    }

    @Test
    void aFewEventsSayNothing() {
        assertEquals(Status.SKIPPED, check(List.of()).status());
        assertEquals(
                Status.SKIPPED, check(Collections.nCopies(19, "203.0.113.7")).status());
    }

    @Test
    void oneAddressForAllIsAProxyThatIsNotListed() {
        CheckResult result = check(Collections.nCopies(20, "172.16.0.9"));
        assertEquals(Status.WARNING, result.status());
        assertTrue(result.message().contains("172.16.0.9"), result.message());
        assertTrue(result.remedy().contains("LATCHKEY_TRUSTED_PROXIES"), result.remedy());
    }

    @Test
    void addressesOfTrustedProxiesMeanThatTheyNameNoClients() {
        List<String> addresses = new ArrayList<>(Collections.nCopies(30, "10.1.2.3"));
        addresses.addAll(Collections.nCopies(30, "10.1.2.4"));
        addresses.addAll(clients(20));
        CheckResult result = check(addresses);
        assertEquals(Status.WARNING, result.status());
        assertTrue(result.message().startsWith("60 of the latest 80"), result.message());
        assertTrue(result.remedy().contains("X-Forwarded-For"), result.remedy());
    }

    /** Such as health checks that the proxy makes itself. */
    @Test
    void aFewOfTheProxysOwnRequestsAreNoProblem() {
        List<String> addresses = new ArrayList<>(Collections.nCopies(20, "10.1.2.3"));
        addresses.addAll(clients(40));
        assertEquals(Status.OK, check(addresses).status());
    }

    @Test
    void developmentHasOneClient() {
        assertEquals(Status.OK, check(Collections.nCopies(40, "127.0.0.1")).status());
    }

    @Test
    void networksOfCountedRefusalsAreNoProxies() {
        assertEquals(Status.OK, check(Collections.nCopies(40, "127.0.0.1")).status());
        List<String> addresses = new ArrayList<>(Collections.nCopies(10, "2001:db8::/64"));
        addresses.addAll(clients(10));
        assertEquals(Status.OK, check(addresses).status());
    }

    private static CheckResult check(List<String> addresses) {
        return RecordedClients.check(addresses, PROXIES);
    }

    private static List<String> clients(int count) {
        return IntStream.range(0, count).mapToObj(i -> "203.0.113." + i).toList();
    }
}
