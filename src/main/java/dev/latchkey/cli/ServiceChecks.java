package dev.latchkey.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.key.KeyRotation;
import dev.latchkey.key.KeySummary;
import dev.latchkey.platform.boot.DeploymentCheck;
import dev.latchkey.platform.db.DatabaseErrors;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Checks the running service from outside: at its public URL, as clients reach it, and at a management port. */
final class ServiceChecks implements DeploymentCheck {

    /** Of TEST-NET-1 (RFC 5737): nobody's address. */
    private static final String FORGED = "192.0.2.123";

    private static final int LOOKS = 12;
    private static final long PAUSE_MILLIS = 250;

    private final CliApplication.Deployment deployment;
    private final KeyRotation keys;
    private final @Nullable URI url;
    private final @Nullable URI managementUrl;
    private final JsonClient http;

    /**
     * @param url where clients reach the service; null: where the settings say
     * @param managementUrl the management port of a replica; null: it is not looked at
     */
    ServiceChecks(
            CliApplication.Deployment deployment, KeyRotation keys, @Nullable URI url, @Nullable URI managementUrl) {
        this.deployment = deployment;
        this.http = new JsonClient(deployment.http());
        this.keys = keys;
        this.url = url;
        this.managementUrl = managementUrl;
    }

    @Override
    public String group() {
        return "service";
    }

    @Override
    public List<CheckResult> run() {
        List<CheckResult> results = new ArrayList<>();
        Optional<URI> target = Optional.ofNullable(url)
                .or(() -> deployment.publicUrl().originIfPresent().map(URI::create));
        if (target.isEmpty()) {
            results.add(CheckResult.skipped("public URL", "LATCHKEY_PUBLIC_URL is not set, and there is no --url"));
        } else if (reach(target.get(), results)) {
            keys(target.get(), results);
            managementIsHidden(target.get(), results);
            if (url != null) {
                results.add(clientAddress(url));
            }
        }
        if (managementUrl == null) {
            results.add(CheckResult.skipped("readiness", "give --management-url, such as http://localhost:9000"));
        } else {
            readiness(managementUrl, results);
        }
        return results;
    }

    /** Returns whether the service responds at a URL, and compares its issuer. */
    private boolean reach(URI target, List<CheckResult> results) {
        JsonClient.Response response;
        try {
            response = http.get(target, "/.well-known/oauth-authorization-server");
        } catch (IOException unreachable) {
            String message = target + " cannot be reached: " + describe(unreachable);
            results.add(
                    url == null
                            ? CheckResult.warning(
                                    "public URL",
                                    message,
                                    "run this where clients are, or give --url; if clients cannot reach it either, check name,"
                                            + " certificate and ingress")
                            : CheckResult.error("public URL", message, "check name, certificate and ingress"));
            return false;
        }
        if (response.status() != 200) {
            results.add(CheckResult.error(
                    "public URL",
                    target + " responds with status " + response.status(),
                    "let the ingress pass /.well-known/, /api/auth/ and /links/ to the service, without redirects"));
            return false;
        }
        results.add(CheckResult.ok("public URL", target + " responds"));
        if ("https".equals(target.getScheme())
                && response.header("Strict-Transport-Security").isEmpty()) {
            results.add(CheckResult.warning(
                    "HSTS",
                    "the response has no Strict-Transport-Security",
                    "let LATCHKEY_PUBLIC_URL begin with https://, and the ingress pass the header on"));
        }
        String configured;
        try {
            configured = deployment.issuer().name();
        } catch (RuntimeException noPublicUrl) {
            results.add(CheckResult.skipped("issuer", "it follows from LATCHKEY_PUBLIC_URL, which is not valid"));
            return true;
        }
        results.add(issuer(configured, response.body().path("issuer").asText("")));
        return true;
    }

    static CheckResult issuer(String configured, String served) {
        return served.equals(configured)
                ? CheckResult.ok("issuer", configured)
                : CheckResult.error(
                        "issuer",
                        "the service has " + (served.isEmpty() ? "none" : served) + ", and these settings have "
                                + configured,
                        "give LATCHKEY_PUBLIC_URL and latchkey.token.issuer the same values here and there; backends refuse"
                                + " tokens of another issuer");
    }

    private void keys(URI target, List<CheckResult> results) {
        try {
            Optional<String> signing = keys.isIdle()
                    ? Optional.empty()
                    : keys.list().stream()
                            .filter(key -> key.state() == KeySummary.State.SIGNING)
                            .map(key -> key.id().value())
                            .findFirst();
            JsonClient.Response response = http.get(target, "/.well-known/jwks.json");
            List<String> published = StreamSupport.stream(
                            response.body().path("keys").spliterator(), false)
                    .map(key -> key.path("kid").asText(""))
                    .toList();
            results.add(
                    response.status() == 200
                            ? publishedKeys(keys.isIdle(), signing, published)
                            : CheckResult.error(
                                    "published keys",
                                    "/.well-known/jwks.json responds with status " + response.status(),
                                    "see the keys and the readiness of the service"));
        } catch (IOException | RuntimeException unreadable) {
            results.add(CheckResult.skipped("published keys", "cannot be compared: " + describe(unreadable)));
        }
    }

    static CheckResult publishedKeys(boolean isShared, Optional<String> signing, List<String> published) {
        String remedy =
                "give this process the database and the secrets of the service, and look whether a cache in between"
                        + " serves old keys";
        if (isShared || signing.isEmpty()) {
            return published.isEmpty()
                    ? CheckResult.ok("published keys", "none, and none is needed")
                    : CheckResult.error(
                            "published keys", "the service publishes keys, and these settings have none", remedy);
        }
        return published.contains(signing.get())
                ? CheckResult.ok("published keys", "the key that signs is among them (" + published.size() + ")")
                : CheckResult.error(
                        "published keys", "the key that signs, " + signing.get() + ", is not among them", remedy);
    }

    /** Whether port 9000 can be reached by clients. */
    private void managementIsHidden(URI target, List<CheckResult> results) {
        try {
            JsonClient.Response response = http.get(target, "/q/health");
            boolean isHealth = response.body().has("checks");
            results.add(
                    isHealth
                            ? CheckResult.error(
                                    "management port",
                                    "health and metrics can be read at the public URL",
                                    "keep port 9000 inside the cluster: it tells names of hosts and what fails")
                            : CheckResult.ok("management port", "is not to be seen at the public URL"));
        } catch (IOException closed) {
            results.add(CheckResult.ok("management port", "is not to be seen at the public URL"));
        }
    }

    /** Sends a request with a forged client address, and looks up which address the service has recorded. */
    private CheckResult clientAddress(URI target) {
        String id = "doctor-" + UUID.randomUUID();
        try {
            JsonClient.Response response = http.get(
                    target,
                    "/api/auth/session",
                    Map.of(
                            "Authorization", "Bearer latchkey.doctor.invalid",
                            "X-Request-Id", id,
                            "X-Forwarded-For", FORGED));
            // A proxy may give the request another id.
            String given = response.header("X-Request-Id").orElse(id);
            for (int look = 0; look < LOOKS; look++) {
                Optional<String> recorded = deployment.clients().findAddress(given);
                if (recorded.isPresent()) {
                    return recordedAddress(recorded.get(), deployment.clients()::isTrustedProxy);
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
            return CheckResult.warning(
                    "client address",
                    "this database has no record of a request to " + target,
                    "give this process the database of the service; or wait a minute, since many refusals from one network"
                            + " are counted and not recorded one by one");
        } catch (IOException | RuntimeException unreadable) {
            return CheckResult.skipped("client address", "cannot be looked up: " + describe(unreadable));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return CheckResult.skipped("client address", "interrupted");
        }
    }

    static CheckResult recordedAddress(String address, Predicate<String> isProxy) {
        if (address.equals(FORGED)) {
            return CheckResult.error(
                    "client address",
                    "the service believes the X-Forwarded-For of a client",
                    "let the outermost proxy append to that header or overwrite it, and name only your proxies in"
                            + " LATCHKEY_TRUSTED_PROXIES");
        }
        return isProxy.test(address)
                ? CheckResult.error(
                        "client address",
                        "the service takes the trusted proxy " + address + " for the client",
                        "let that proxy append its client's address to X-Forwarded-For")
                : CheckResult.ok(
                        "client address",
                        "this machine is recorded as " + address
                                + "; if that is your proxy, add its network to LATCHKEY_TRUSTED_PROXIES");
    }

    private void readiness(URI management, List<CheckResult> results) {
        try {
            JsonNode body = http.get(management, "/q/health/ready").body();
            if (!body.has("checks")) {
                results.add(CheckResult.error(
                        "readiness",
                        management + " serves no health",
                        "let --management-url name the management port"));
                return;
            }
            body.path("checks").forEach(check -> results.add(readiness(check)));
        } catch (IOException unreachable) {
            results.add(CheckResult.error(
                    "readiness",
                    management + " cannot be reached: " + describe(unreachable),
                    "check that the service runs, and QUARKUS_MANAGEMENT_PORT"));
        }
    }

    static CheckResult readiness(JsonNode check) {
        String name = "readiness of " + check.path("name").asText("");
        List<String> details = new ArrayList<>();
        check.path("data")
                .properties()
                .forEach(entry ->
                        details.add(entry.getKey() + " " + entry.getValue().asText()));
        String words = String.join(", ", details);
        if (!check.path("status").asText("").equals("UP")) {
            return CheckResult.error(name, "not ready" + (words.isEmpty() ? "" : ": " + words), "see its reason");
        }
        String ignored = check.path("data").path("ignored-from").asText("");
        return ignored.isEmpty()
                ? CheckResult.ok(name, words.isEmpty() ? "up" : words)
                : CheckResult.warning(
                        name,
                        "X-Forwarded-For of " + ignored + " is ignored",
                        "if that is your proxy, add its network to LATCHKEY_TRUSTED_PROXIES: until then all clients count as"
                                + " one");
    }

    private static String describe(Throwable failure) {
        return DatabaseErrors.reason(failure);
    }
}
