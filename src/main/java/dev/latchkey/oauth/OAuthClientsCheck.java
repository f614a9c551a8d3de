package dev.latchkey.oauth;

import dev.latchkey.key.ConfiguredSecret;
import dev.latchkey.key.Secrets;
import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Refuses a client whose credentials are missing, weak or cannot be read. */
@Singleton
class OAuthClientsCheck implements ConfigurationCheck, ConfiguredSecret.Holder {

    private final OAuthConfig config;

    OAuthClientsCheck(OAuthConfig config) {
        this.config = config;
    }

    @Override
    public List<ConfiguredSecret> secrets() {
        List<ConfiguredSecret> secrets = new ArrayList<>();
        config.clients().forEach((id, client) -> {
            secrets.add(new ConfiguredSecret(OAuthConfig.variable(id, "SECRET"), client.secret(), client.secretFile()));
            secrets.add(new ConfiguredSecret(
                    OAuthConfig.variable(id, "SECRET_PREVIOUS"), client.secretPrevious(), client.secretPreviousFile()));
        });
        return secrets;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        config.clients().forEach((id, client) -> {
            String name = OAuthConfig.variable(id, "SECRET");
            if (client.secret().isEmpty() && client.secretFile().isEmpty()) {
                problems.add(ConfigurationProblem.error(
                        name,
                        "is missing; set it to at least 32 random bytes (openssl rand -base64 48), or name a file that holds them in "
                                + name + "_FILE"));
            }
            Secrets.error(client.secret(), client.secretFile())
                    .ifPresent(error -> problems.add(ConfigurationProblem.error(name, error)));
            Secrets.error(client.secretPrevious(), client.secretPreviousFile())
                    .ifPresent(error -> problems.add(
                            ConfigurationProblem.error(OAuthConfig.variable(id, "SECRET_PREVIOUS"), error)));
        });
        return problems;
    }
}
