package dev.latchkey.gate;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** The rules of the gate. */
@ConfigMapping(prefix = "latchkey.gate")
public interface GateConfig {

    /** Whether backends get an e-mail address that its user has not verified, in {@code X-Auth-Email}. */
    @WithDefault("false")
    boolean sendUnverifiedEmail();

    /**
     * The access rules of the gate ({@code /api/auth/verify}), in any order: the most specific rule decides. A request that
     * matches none is denied. By environment: {@code LATCHKEY_GATE_RULES_0__PATH} and so on.
     */
    List<Rule> rules();

    /** An access rule for the paths of a template. */
    interface Rule {

        /**
         * Literal segments (decoded, case-sensitive), <code>{name}</code> and {@code *} for one segment each, and a
         * final {@code **} for the rest, which may be empty: <code>/api/{user_id}/**</code>.
         */
        Optional<String> path();

        /** The methods that the rule applies to, comma separated; all by default. {@code GET} does not imply {@code HEAD}. */
        Optional<List<String>> methods();

        /** Which callers may pass: {@code owner}, {@code authenticated}, {@code role:<name>} or {@code public}. */
        Optional<String> allow();

        /** The parameter of the path that names its owner; {@code user_id} by default. */
        Optional<String> ownerParameter();

        /** The trusted issuer whose users are meant, by its name in the settings; by default our own users are. */
        Optional<String> issuer();
    }
}
