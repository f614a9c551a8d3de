package dev.latchkey.platform.http;

import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.ERROR;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.ERROR_IN_PRODUCTION;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.WARNING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-024: in production everything is HTTPS. */
class HttpSettingsCheckTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://id.example.com",
                "https://id.example.com:8443",
                "https://10.0.0.1",
                "https://[2001:db8::1]"
            })
    void acceptsAnHttpsOrigin(String url) {
        assertEquals(List.of(), HttpSettingsCheck.checkPublicUrl(url));
        assertEquals(List.of(), HttpSettingsCheck.checkTrustedOrigins(List.of(url)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "http://localhost:8080",
                "http://127.0.0.1:8080",
                "http://127.1.2.3",
                "http://[::1]:8080"
            })
    void warnsOfPlainHttpOnLoopback(String url) {
        assertEquals(List.of(WARNING), severities(HttpSettingsCheck.checkPublicUrl(url)));
        assertEquals(List.of(), HttpSettingsCheck.checkTrustedOrigins(List.of(url)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://id.example.com",
                "http://10.0.0.1",
                "http://127.example.com",
                "http://localhost.example.com",
                "http://127.0.0.1.example.com",
                "http://0.0.0.0",
                "http://[::2]"
            })
    void refusesPlainHttpElsewhere(String url) {
        assertEquals(List.of(ERROR_IN_PRODUCTION), severities(HttpSettingsCheck.checkPublicUrl(url)));
        assertEquals(List.of(ERROR), severities(HttpSettingsCheck.checkTrustedOrigins(List.of(url))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id.example.com",
                "ftp://id.example.com",
                "https://",
                "https:///",
                "https://id.example.com/",
                "https://id.example.com/auth",
                "https://id.example.com?x",
                "https://id.example.com#x",
                "https://me@id.example.com",
                "https://id.example.com:port",
                "HTTPS://id.example.com",
                "https://id example.com",
                "https://a.example,https://b.example",
                "null"
            })
    void refusesWhatIsNoOrigin(String url) {
        assertEquals(List.of(ERROR), severities(HttpSettingsCheck.checkPublicUrl(url)));
        assertEquals(List.of(ERROR), severities(HttpSettingsCheck.checkTrustedOrigins(List.of(url))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "https://*", "https://*.example.com"})
    void refusesAWildcardOrigin(String origin) {
        List<ConfigurationProblem> problems = HttpSettingsCheck.checkTrustedOrigins(List.of(origin));

        assertEquals(List.of(ERROR), severities(problems));
        assertTrue(problems.getFirst().message().contains("wildcard"), problems.toString());
    }

    @Test
    void namesEveryInvalidOrigin() {
        assertEquals(
                2,
                HttpSettingsCheck.checkTrustedOrigins(List.of("https://a.example", "*", "http://b.example"))
                        .size());
    }

    @Test
    void requiresAPublicUrlInProduction() {
        List<ConfigurationProblem> problems = HttpSettingsCheck.checkPublicUrl("");

        assertEquals(List.of(ERROR_IN_PRODUCTION), severities(problems));
        assertEquals("LATCHKEY_PUBLIC_URL", problems.getFirst().property());
    }

    @Test
    void refusesHttp2() {
        assertEquals(List.of(ERROR), severities(HttpSettingsCheck.checkHttp2(true)));
        assertEquals(List.of(), HttpSettingsCheck.checkHttp2(false));
    }

    @Test
    void refusesNegativeRequestLimitAndNoBudgetForASite() {
        assertEquals(List.of(), HttpSettingsCheck.checkRequestLimit(0, 1));
        assertEquals(List.of(ERROR, ERROR), severities(HttpSettingsCheck.checkRequestLimit(-1, 0)));
    }

    @Test
    void namesEveryInvalidProxy() {
        List<ConfigurationProblem> problems =
                HttpSettingsCheck.checkTrustedProxies(List.of("ingress.local", "10.0.0.0/8", "", "10.0.0.0/33"));

        assertEquals(List.of(ERROR, ERROR), severities(problems));
        assertEquals("LATCHKEY_TRUSTED_PROXIES", problems.getFirst().property());
        assertTrue(problems.getFirst().message().contains("\"ingress.local\""), problems.toString());
        assertEquals(List.of(), HttpSettingsCheck.checkTrustedProxies(List.of()));
    }

    @Test
    void recognisesLoopbackOrigins() {
        assertTrue(PublicUrl.of("http://localhost:8080").isLoopback());
        assertTrue(PublicUrl.of("http://127.0.0.1").isLoopback());
        assertFalse(PublicUrl.of("https://localhost.example.com").isLoopback());
        assertFalse(PublicUrl.of("").isLoopback());
    }

    private static List<ConfigurationProblem.Severity> severities(List<ConfigurationProblem> problems) {
        return problems.stream().map(ConfigurationProblem::severity).toList();
    }
}
