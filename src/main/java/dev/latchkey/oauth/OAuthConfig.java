package dev.latchkey.oauth;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The backends that may introspect and revoke tokens. */
@ConfigMapping(prefix = "latchkey.oauth")
public interface OAuthConfig {

    /**
     * Backends with credentials, by their id, which is of lower-case letters and digits: they may introspect tokens and
     * revoke any session. Without any, the two routes are not there.
     */
    Map<String, ClientCredentials> clients();

    /** The credentials of a backend. */
    interface ClientCredentials {

        /** Its secret, 32 bytes at least ({@code LATCHKEY_OAUTH_CLIENTS_<ID>_SECRET}). */
        Optional<String> secret();

        /** A file that holds the secret. */
        Optional<Path> secretFile();

        /** A second secret that is accepted beside the first, for the time of a rotation. */
        Optional<String> secretPrevious();

        /** A file that holds the second secret. */
        Optional<Path> secretPreviousFile();
    }

    /** How a deployment spells a setting of a backend in its environment. */
    static String variable(String id, String setting) {
        return "LATCHKEY_OAUTH_CLIENTS_" + id.toUpperCase(Locale.ROOT) + "_" + setting;
    }
}
