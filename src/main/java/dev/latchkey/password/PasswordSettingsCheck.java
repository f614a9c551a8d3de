package dev.latchkey.password;

import static dev.latchkey.platform.boot.ConfigurationProblem.error;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks the settings of the password policy and of hashing. */
@Singleton
class PasswordSettingsCheck implements ConfigurationCheck {

    private static final int MAXIMUM_PERMITS = 64;
    // Every request gets its response within 10 seconds.
    private static final Duration MAXIMUM_WAIT = Duration.ofSeconds(8);

    private final PasswordConfig config;

    PasswordSettingsCheck(PasswordConfig config) {
        this.config = config;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (config.minimumLength() < 1 || config.minimumLength() > Password.MAXIMUM_LENGTH) {
            problems.add(error("latchkey.password.minimum-length", "must be 1 to " + Password.MAXIMUM_LENGTH));
        }
        if (config.permits()
                .filter(permits -> permits < 1 || permits > MAXIMUM_PERMITS)
                .isPresent()) {
            problems.add(error("latchkey.password.permits", "must be 1 to " + MAXIMUM_PERMITS + ", or empty"));
        }
        if (config.maxWait().isNegative() || config.maxWait().compareTo(MAXIMUM_WAIT) > 0) {
            problems.add(error("latchkey.password.max-wait", "must be 0s to " + MAXIMUM_WAIT.toSeconds() + "s"));
        }
        Argon2Parameters.errors(config.argon2()).forEach((name, message) -> problems.add(error(name, message)));
        return problems;
    }
}
