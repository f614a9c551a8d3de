package dev.latchkey.audit;

import dev.latchkey.platform.boot.DeploymentCheck;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.http.HttpConfig;
import dev.latchkey.platform.http.IpAddresses;
import dev.latchkey.platform.http.TrustedProxies;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks the client addresses of the latest audit events against the trusted proxies: a proxy that is not listed, or that does
 * not name its clients, stands there in their place.
 */
@Singleton
public final class RecordedClients implements DeploymentCheck {

    /** Of fewer events nothing can be said. */
    private static final int FEW = 20;

    private static final int LATEST = 1000;

    private final AuditEventRepository events;
    private final HttpConfig http;

    RecordedClients(AuditEventRepository events, HttpConfig http) {
        this.events = events;
        this.http = http;
    }

    @Override
    public String group() {
        return "proxies";
    }

    @Override
    public List<CheckResult> run() {
        try {
            return List.of(
                    check(QuarkusTransaction.requiringNew().call(() -> events.findLatestAddresses(LATEST)), proxies()));
        } catch (RuntimeException failure) {
            return List.of(CheckResult.skipped(
                    "recorded addresses",
                    "neither the audit events nor the trusted proxies can be read: " + DatabaseErrors.reason(failure)));
        }
    }

    /** Returns the client address that was recorded with a request of the last minutes; empty if none is recorded yet. */
    public Optional<String> findAddress(String requestId) {
        return QuarkusTransaction.requiringNew().call(() -> events.findAddress(requestId));
    }

    /** Returns whether an address is that of a trusted proxy. */
    public boolean isTrustedProxy(String address) {
        return isProxy(address, proxies());
    }

    private TrustedProxies proxies() {
        return TrustedProxies.of(http.trustedProxies().orElse(List.of()));
    }

    static CheckResult check(List<String> addresses, TrustedProxies proxies) {
        Set<String> different = new HashSet<>(addresses);
        long ofProxies = addresses.stream().filter(it -> isProxy(it, proxies)).count();
        if (addresses.size() < FEW) {
            return CheckResult.skipped(
                    "recorded addresses", "too few events within the last hour (" + addresses.size() + ")");
        }
        if (ofProxies > addresses.size() / 2) {
            return CheckResult.warning(
                    "recorded addresses",
                    ofProxies + " of the latest " + addresses.size() + " events have the address of a trusted proxy",
                    "let that proxy append its client's address to X-Forwarded-For");
        }
        if (different.size() == 1 && !IpAddresses.isLoopback(addresses.getFirst())) {
            return CheckResult.warning(
                    "recorded addresses",
                    "all of the latest " + addresses.size() + " events have the address " + addresses.getFirst(),
                    "if that is your proxy, add its network to LATCHKEY_TRUSTED_PROXIES: until then all clients count as one");
        }
        return CheckResult.ok(
                "recorded addresses",
                different.size() + " different ones in the latest " + addresses.size() + " events");
    }

    private static boolean isProxy(String address, TrustedProxies proxies) {
        Optional<InetAddress> parsed = IpAddresses.parse(address);
        return parsed.isPresent() && proxies.contains(parsed.get());
    }
}
