package dev.latchkey.oauth;

import dev.latchkey.key.ExpectedSecret;
import dev.latchkey.key.Secrets;
import dev.latchkey.platform.http.FormParameters;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Authenticates the clients of the OAuth routes, which are other services (RFC 6749 section 2.3.1). */
@ApplicationScoped
class OAuthClients {

    /** The result of authenticating a client. */
    sealed interface Authentication {

        record Authenticated(String clientId) implements Authentication {}

        /**
         * The credentials are missing or wrong.
         *
         * @param reason for the audit log, not for the client
         * @param clientId the configured client whose secret was wrong; null when none was named
         */
        record Refused(String reason, @Nullable String clientId) implements Authentication {}

        /** Credentials in two places, which RFC 6749 section 2.3 forbids: it would be unclear which of them apply. */
        record SeveralCredentials() implements Authentication {}
    }

    private static final String BASIC = "Basic ";

    private final Map<String, Expected> known = new HashMap<>();
    private final Expected none = new Expected(ExpectedSecret.matchingNothing(), ExpectedSecret.matchingNothing());

    OAuthClients(OAuthConfig config) {
        config.clients().forEach((id, client) -> {
            String name = OAuthConfig.variable(id, "SECRET");
            byte[] secret = Secrets.read(name, client.secret(), client.secretFile())
                    .orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
            Optional<byte[]> previous = Secrets.read(
                    OAuthConfig.variable(id, "SECRET_PREVIOUS"), client.secretPrevious(), client.secretPreviousFile());
            known.put(
                    id,
                    new Expected(
                            ExpectedSecret.of(secret),
                            previous.map(ExpectedSecret::of).orElseGet(ExpectedSecret::matchingNothing)));
        });
    }

    boolean isEmpty() {
        return known.isEmpty();
    }

    /** Authenticates a request by its {@code Authorization} headers and its form. */
    Authentication authenticate(List<String> authorization, FormParameters form) {
        Optional<String> formId = form.value("client_id");
        Optional<String> formSecret = form.value("client_secret");
        if (authorization.size() > 1 || (!authorization.isEmpty() && formSecret.isPresent())) {
            return new Authentication.SeveralCredentials();
        }
        if (authorization.isEmpty()) {
            return formId.isPresent() && formSecret.isPresent()
                    ? verify(formId.get(), List.of(formSecret.get(), formSecret.get()))
                    : new Authentication.Refused("no_credentials", null);
        }
        Optional<Credentials> credentials = basic(authorization.getFirst());
        if (credentials.isEmpty()) {
            return new Authentication.Refused("malformed", null);
        }
        return formId.isPresent() && !formId.equals(credentials.map(Credentials::id))
                ? new Authentication.SeveralCredentials()
                : verify(credentials.get().id(), credentials.get().secrets());
    }

    private Authentication verify(String id, List<String> secrets) {
        Expected expected = known.getOrDefault(id, none);
        boolean matches = false;
        // Security: no early return, so that an unknown client takes as long as a wrong secret.
        for (String secret : secrets) {
            matches |= expected.present().matches(secret);
            matches |= expected.previous().matches(secret);
        }
        if (matches) {
            return new Authentication.Authenticated(id);
        }
        return known.containsKey(id)
                ? new Authentication.Refused("wrong_secret", id)
                : new Authentication.Refused("unknown_backend", null);
    }

    private static Optional<Credentials> basic(String header) {
        if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        String pair;
        try {
            pair = FormParameters.utf8(
                    Base64.getDecoder().decode(header.substring(BASIC.length()).strip()));
        } catch (CharacterCodingException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String id = pair.substring(0, colon);
        String secret = pair.substring(colon + 1);
        // The RFC wants both form-encoded, but many clients (curl -u) omit that. Either reading proves knowledge of the
        // secret.
        return Optional.of(new Credentials(
                FormParameters.decode(id).orElse(id),
                List.of(secret, FormParameters.decode(secret).orElse(secret))));
    }

    private record Expected(ExpectedSecret present, ExpectedSecret previous) {}

    /** The credentials of a request: an id, and the two ways to read its secret. */
    private record Credentials(String id, List<String> secrets) {
        @Override
        public String toString() {
            return "Credentials[hidden]";
        }
    }
}
