package dev.latchkey.platform.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownPropertiesCheckTest {

    private static final KnownProperties KNOWN = known("""
            latchkey.http.public-url=${LATCHKEY_PUBLIC_URL:}
            %dev,test.latchkey.http.public-url=${LATCHKEY_PUBLIC_URL:http://localhost:8080}
            latchkey.key.secret=${LATCHKEY_SECRET:}
            latchkey.token.leeway=5s
            latchkey.gate.rules[0].path=/x
            %dev.latchkey.audit.line-format=text
            quarkus.flyway.jdbc-url=${LATCHKEY_DIRECT_JDBC_URL:}
            template.latchkey.oauth.clients.*.secret=
            template.latchkey.oauth.clients.*.secret-file=
            """);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latchkey.token.leeway",
                "latchkey.gate.rules[0].path",
                "latchkey.gate.rules[17].path",
                "latchkey.audit.line-format",
                "%prod.latchkey.token.leeway",
                "latchkey.oauth.clients.shop.secret",
                "latchkey.oauth.clients.2.secret-file",
                "%prod.latchkey.oauth.clients.shop.secret",
                "quarkus.http.port",
                "latchkeyish.thing"
            })
    void knowsWhatStandsInTheFile(String property) {
        assertEquals(List.of(), checkProperty(property));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latchkey.token.leway",
                "latchkey.leeway",
                "latchkey.gate.rules.path",
                "latchkey.gate.rules[0].paths",
                "latchkey.token.leeway.x",
                "%prod.latchkey.token.leewey",
                "latchkey.oauth.clients.shop.secrt",
                "latchkey.oauth.clients.shop",
                "latchkey.oauth.clients.secret",
                "latchkey.oauth.clients..secret",
                "latchkey.oauth.clients.*.secret",
                "latchkey.oauth.clients.my.shop.secret",
                "latchkey.oauth.clients.\"my.shop\".secret",
                "latchkey.oauth.clients.my-shop.secret",
                "latchkey.oauth.clients.Shop.secret",
                "latchkey.oauth.clients.shop.secret.file",
                "latchkey.oauth.clientsXshop.secret"
            })
    void refusesWhatDoesNot(String property) {
        assertEquals(
                List.of(property),
                checkProperty(property).stream()
                        .map(ConfigurationProblem::property)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LATCHKEY_PUBLIC_URL",
                "LATCHKEY_SECRET",
                "LATCHKEY_DIRECT_JDBC_URL",
                "LATCHKEY_TOKEN_LEEWAY",
                "LATCHKEY_HTTP_PUBLIC_URL",
                "LATCHKEY_GATE_RULES_0__PATH",
                "LATCHKEY_GATE_RULES_12__PATH",
                "LATCHKEY_AUDIT_LINE_FORMAT",
                "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET",
                "LATCHKEY_OAUTH_CLIENTS_SHOP2_SECRET_FILE",
                "PATH",
                "QUARKUS_HTTP_PORT"
            })
    void knowsAliasesAndTheEnvironmentsSpelling(String variable) {
        assertEquals(List.of(), checkVariable(variable, "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LATCHKEY_SECRTE",
                "LATCHKEY_",
                "LATCHKEY_PUBLIC_URL_",
                "LATCHKEY_SERVICE",
                "LATCHKEY_GATE_RULES_PATH",
                "LATCHKEY_OAUTH_CLIENTS_SECRET",
                "LATCHKEY_OAUTH_CLIENTS__SECRET",
                "LATCHKEY_OAUTH_CLIENTS_MY_SHOP_SECRET",
                "LATCHKEY_OAUTH_CLIENTS__MY_SHOP__SECRET",
                "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRT",
                "LATCHKEY_OAUTH_CLIENTS_shop_SECRET",
                "LATCHKEY_SERVICE_HOSTS"
            })
    void refusesOtherVariables(String variable) {
        assertEquals(
                List.of(variable),
                checkVariable(variable, "x").stream()
                        .map(ConfigurationProblem::property)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "LATCHKEY_SERVICE_HOST, 10.0.0.1",
        "LATCHKEY_SERVICE_PORT, 8080",
        "LATCHKEY_SERVICE_PORT_HTTP, 8080",
        "LATCHKEY_PORT, tcp://10.0.0.1:8080",
        "LATCHKEY_PORT_8080_TCP, tcp://10.0.0.1:8080",
        "LATCHKEY_PORT_8080_TCP_ADDR, 10.0.0.1",
        "LATCHKEY_PORT_8080_TCP_PORT, 8080",
        "LATCHKEY_PORT_8080_TCP_PROTO, tcp",
        "LATCHKEY_PORT_53_UDP, udp://10.0.0.1:53",
        "LATCHKEY_GATE_SERVICE_HOST, 10.0.0.1",
        "LATCHKEY_GATE_SERVICE_PORT_HTTP, 8080",
        "LATCHKEY_GATE_PORT, tcp://10.0.0.1:8080",
        "LATCHKEY_2_INTERNAL_PORT_8080_TCP_ADDR, 10.0.0.1"
    })
    void letsTheVariablesOfAServiceNamedLatchkeyPass(String variable, String value) {
        assertEquals(List.of(), checkVariable(variable, value));
    }

    @ParameterizedTest
    @CsvSource({
        "LATCHKEY_PORT, 8080",
        "LATCHKEY_HTTP_PORT, 8080",
        "LATCHKEY_PORT_8080, 8080",
        "LATCHKEY_PORT_8080_TCP, yes"
    })
    void takesNobodysOwnPortForAServices(String variable, String value) {
        assertEquals(1, checkVariable(variable, value).size());
    }

    @ParameterizedTest
    @CsvSource({
        "LATCHKEY_SECRTE, LATCHKEY_SECRET",
        "LATCHKEY_PUBLIC_URI, LATCHKEY_PUBLIC_URL",
        "LATCHKEY_GATE_RULES_3__PAHT, LATCHKEY_GATE_RULES_0__PATH",
        "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRT, LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET",
        "LATCHKEY_OAUTH_CLIENT_SHOP_SECRET_FILE, LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET_FILE",
        "LATCHKEY_OAUTH_CLIENTS_MY_SHOP_SECRET, LATCHKEY_OAUTH_CLIENTS_MYSHOP_SECRET"
    })
    void guessesWhatAVariableWasMeantToBe(String variable, String meant) {
        String message = checkVariable(variable, "x").getFirst().message();

        assertTrue(message.endsWith("did you mean " + meant + "?"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "latchkey.token.leway, latchkey.token.leeway",
        "latchkey.oauth.clients.shop.secrt, latchkey.oauth.clients.shop.secret",
        "latchkey.oauth.client.shop.secret-file, latchkey.oauth.clients.shop.secret-file"
    })
    void guessesWhatAPropertyWasMeantToBe(String property, String meant) {
        String message = checkProperty(property).getFirst().message();

        assertTrue(message.endsWith("did you mean " + meant + "?"), message);
    }

    @Test
    void takesATemplateForNoSetting() {
        assertEquals(1, checkProperty("latchkey.oauth.clients.*.secret").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"latchkey.api.secret", "latchkey.*.backends.*.secret"})
    void refusesATemplateWithoutOneNameToChoose(String template) {
        assertThrows(IllegalArgumentException.class, () -> new WildcardProperty(template));
    }

    @Test
    void doesNotGuessWildly() {
        String message = checkVariable("LATCHKEY_SOMETHING_ELSE_ENTIRELY", "x")
                .getFirst()
                .message();

        assertTrue(message.endsWith("remove it"), message);
    }

    @Test
    void stopsTheBootEverywhere() {
        assertTrue(checkVariable("LATCHKEY_SECRTE", "x").getFirst().severity().stops(false));
    }

    @ParameterizedTest
    @CsvSource({"abc,abc,0", "abc,abd,1", "abc,ab,1", "ab,abc,1", "kitten,sitting,3", "'',abc,3"})
    void countsSlips(String a, String b, int slips) {
        assertEquals(slips, Suggestions.distance(a, b));
    }

    private static List<ConfigurationProblem> checkProperty(String name) {
        return UnknownPropertiesCheck.check(KNOWN, Map.of(name, "x"), Map.of());
    }

    private static List<ConfigurationProblem> checkVariable(String name, String value) {
        return UnknownPropertiesCheck.check(KNOWN, Map.of(), Map.of(name, value));
    }

    private static KnownProperties known(String file) {
        Properties declared = new Properties();
        try {
            declared.load(new StringReader(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new KnownProperties(declared);
    }
}
