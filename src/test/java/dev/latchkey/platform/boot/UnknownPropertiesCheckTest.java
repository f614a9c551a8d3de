package dev.latchkey.platform.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.audit.AuditConfig;
import dev.latchkey.gate.GateConfig;
import dev.latchkey.key.KeyConfig;
import dev.latchkey.oauth.OAuthConfig;
import dev.latchkey.platform.http.HttpConfig;
import dev.latchkey.revocation.RevocationConfig;
import dev.latchkey.token.TokenConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownPropertiesCheckTest {

    private static final KnownProperties KNOWN = new KnownProperties(List.of(
            AuditConfig.class,
            GateConfig.class,
            HttpConfig.class,
            KeyConfig.class,
            OAuthConfig.class,
            RevocationConfig.class,
            TokenConfig.class));

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
    void acceptsPropertiesOfTheMappings(String property) {
        assertEquals(List.of(), checkProperty(property));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latchkey.token.leway",
                "latchkey.leeway",
                "latchkey.gate.rules.path",
                "latchkey.gate.rules[x].path",
                "latchkey.gate.rules[01].path",
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
    void refusesOtherProperties(String property) {
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
    void acceptsTheirVariablesAndAliases(String variable) {
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
                "LATCHKEY_GATE_RULES_X__PATH",
                "LATCHKEY_GATE_RULES_01__PATH",
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

    // Numbered values of a list would pass by the check of empty lists (gate.GateRulesCheck).
    @Test
    void refusesNumberedValuesOfAList() {
        assertEquals(1, checkProperty("latchkey.gate.rules[0].methods[0]").size());
        assertEquals(1, checkProperty("latchkey.http.trusted-origins[0]").size());
        assertEquals(
                1, checkVariable("LATCHKEY_GATE_RULES_0__METHODS_0_", "GET").size());
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
    void acceptsVariablesOfAKubernetesServiceNamedLatchkey(String variable, String value) {
        assertEquals(List.of(), checkVariable(variable, value));
    }

    @ParameterizedTest
    @CsvSource({
        "LATCHKEY_PORT, 8080",
        "LATCHKEY_HTTP_PORT, 8080",
        "LATCHKEY_PORT_8080, 8080",
        "LATCHKEY_PORT_8080_TCP, yes"
    })
    void refusesAPortThatIsNotOfAKubernetesService(String variable, String value) {
        assertEquals(1, checkVariable(variable, value).size());
    }

    @ParameterizedTest
    @CsvSource({
        "LATCHKEY_SECRTE, LATCHKEY_SECRET",
        "LATCHKEY_PUBLIC_URI, LATCHKEY_PUBLIC_URL",
        "LATCHKEY_GATE_RULES_3__PAHT, LATCHKEY_GATE_RULES_3__PATH",
        "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRT, LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET",
        "LATCHKEY_OAUTH_CLIENT_SHOP_SECRET_FILE, LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET_FILE",
        "LATCHKEY_OAUTH_CLIENTS_MY_SHOP_SECRET, LATCHKEY_OAUTH_CLIENTS_MYSHOP_SECRET"
    })
    void suggestsAVariable(String variable, String meant) {
        String message = checkVariable(variable, "x").getFirst().message();

        assertTrue(message.endsWith("did you mean " + meant + "?"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "latchkey.token.leway, latchkey.token.leeway",
        "latchkey.gate.rules[17].paths, latchkey.gate.rules[17].path",
        "latchkey.oauth.clients.shop.secrt, latchkey.oauth.clients.shop.secret",
        "latchkey.oauth.client.shop.secret-file, latchkey.oauth.clients.shop.secret-file"
    })
    void suggestsAProperty(String property, String meant) {
        String message = checkProperty(property).getFirst().message();

        assertTrue(message.endsWith("did you mean " + meant + "?"), message);
    }

    @Test
    void refusesTheAsteriskOfTheMappings() {
        assertEquals(1, checkProperty("latchkey.oauth.clients.*.secret").size());
    }

    @Test
    void suggestsNothingFarFetched() {
        String message = checkVariable("LATCHKEY_SOMETHING_ELSE_ENTIRELY", "x")
                .getFirst()
                .message();

        assertTrue(message.endsWith("remove it"), message);
    }

    @Test
    void stopsTheStartInEveryProfile() {
        assertTrue(checkVariable("LATCHKEY_SECRTE", "x").getFirst().severity().stops(false));
    }

    @ParameterizedTest
    @CsvSource({"abc,abc,0", "abc,abd,1", "abc,ab,1", "ab,abc,1", "kitten,sitting,3", "'',abc,3"})
    void countsLettersThatDiffer(String a, String b, int slips) {
        assertEquals(slips, KnownProperties.distance(a, b));
    }

    private static List<ConfigurationProblem> checkProperty(String name) {
        return UnknownPropertiesCheck.check(KNOWN, Map.of(name, "x"), Map.of());
    }

    private static List<ConfigurationProblem> checkVariable(String name, String value) {
        return UnknownPropertiesCheck.check(KNOWN, Map.of(), Map.of(name, value));
    }
}
