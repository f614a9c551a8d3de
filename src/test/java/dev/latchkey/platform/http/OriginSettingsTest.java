package dev.latchkey.platform.http;

import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.SEVERE;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.SEVERE_IN_PRODUCTION;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.WARNING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-024: in production everything is HTTPS. */
class OriginSettingsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://id.example.com",
                "https://id.example.com:8443",
                "https://10.0.0.1",
                "https://[2001:db8::1]"
            })
    void acceptsAnHttpsOrigin(String url) {
        assertEquals(List.of(), OriginSettings.judgePublicUrl(url));
        assertEquals(List.of(), OriginSettings.judgeTrusted(List.of(url)));
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
        assertEquals(List.of(WARNING), severities(OriginSettings.judgePublicUrl(url)));
        assertEquals(List.of(), OriginSettings.judgeTrusted(List.of(url)));
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
        assertEquals(List.of(SEVERE_IN_PRODUCTION), severities(OriginSettings.judgePublicUrl(url)));
        assertEquals(List.of(SEVERE), severities(OriginSettings.judgeTrusted(List.of(url))));
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
        assertEquals(List.of(SEVERE), severities(OriginSettings.judgePublicUrl(url)));
        assertEquals(List.of(SEVERE), severities(OriginSettings.judgeTrusted(List.of(url))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "https://*", "https://*.example.com"})
    void refusesAWildcardOrigin(String origin) {
        List<ConfigurationProblem> findings = OriginSettings.judgeTrusted(List.of(origin));

        assertEquals(List.of(SEVERE), severities(findings));
        assertTrue(findings.getFirst().message().contains("wildcard"), findings.toString());
    }

    @Test
    void namesEveryBadOriginOfAList() {
        assertEquals(
                2,
                OriginSettings.judgeTrusted(List.of("https://a.example", "*", "http://b.example"))
                        .size());
    }

    @Test
    void demandsAPublicUrlInProduction() {
        List<ConfigurationProblem> findings = OriginSettings.judgePublicUrl("");

        assertEquals(List.of(SEVERE_IN_PRODUCTION), severities(findings));
        assertEquals("LATCHKEY_PUBLIC_URL", findings.getFirst().property());
    }

    private static List<ConfigurationProblem.Severity> severities(List<ConfigurationProblem> findings) {
        return findings.stream().map(ConfigurationProblem::severity).toList();
    }
}
