package dev.latchkey.oauth;

import dev.latchkey.key.ExpectedSecret;
import dev.latchkey.key.Secrets;
import dev.latchkey.oauth.ClientAuthentication.Authenticated;
import dev.latchkey.oauth.ClientAuthentication.Refused;
import dev.latchkey.oauth.ClientAuthentication.Twice;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The backends that have credentials here, and how they show them (RFC 6749 section 2.3.1). */
@ApplicationScoped
class OAuthClients {

    private static final String BASIC = "Basic ";

    private final Map<String, Expected> known = new HashMap<>();
    private final Expected nobody = new Expected(ExpectedSecret.ofNobody(), ExpectedSecret.ofNobody());

    OAuthClients(OAuthConfig config) {
        config.clients().forEach((id, backend) -> {
            String name = OAuthConfig.variable(id, "SECRET");
            byte[] secret = Secrets.read(name, backend.secret(), backend.secretFile())
                    .orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
            Optional<byte[]> previous = Secrets.read(
                    OAuthConfig.variable(id, "SECRET_PREVIOUS"),
                    backend.secretPrevious(),
                    backend.secretPreviousFile());
            known.put(
                    id,
                    new Expected(
                            ExpectedSecret.of(secret),
                            previous.map(ExpectedSecret::of).orElseGet(ExpectedSecret::ofNobody)));
        });
    }

    boolean none() {
        return known.isEmpty();
    }

    /** Judges the {@code Authorization} headers and the form of one request. */
    ClientAuthentication authenticate(List<String> authorization, FormParameters form) {
        Optional<String> formId = form.value("client_id");
        Optional<String> formSecret = form.value("client_secret");
        if (authorization.size() > 1 || (!authorization.isEmpty() && formSecret.isPresent())) {
            return new Twice();
        }
        if (authorization.isEmpty()) {
            return formId.isPresent() && formSecret.isPresent()
                    ? judge(formId.get(), List.of(formSecret.get(), formSecret.get()))
                    : new Refused("no_credentials", null);
        }
        Optional<Shown> shown = basic(authorization.getFirst());
        if (shown.isEmpty()) {
            return new Refused("malformed", null);
        }
        return formId.isPresent() && !formId.equals(shown.map(Shown::id))
                ? new Twice()
                : judge(shown.get().id(), shown.get().secrets());
    }

    private ClientAuthentication judge(String id, List<String> secrets) {
        Expected expected = known.getOrDefault(id, nobody);
        boolean right = false;
        // Security: no short way out, so that an unknown backend takes as long as a wrong secret.
        for (String secret : secrets) {
            right |= expected.present().is(secret);
            right |= expected.previous().is(secret);
        }
        if (right) {
            return new Authenticated(id);
        }
        return known.containsKey(id) ? new Refused("wrong_secret", id) : new Refused("unknown_backend", null);
    }

    private static Optional<Shown> basic(String header) {
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
        // The RFC wants both in form encoding, and half of the world (curl -u) leaves that out. Whoever shows the very
        // secret knows it.
        return Optional.of(new Shown(
                FormParameters.decode(id).orElse(id),
                List.of(secret, FormParameters.decode(secret).orElse(secret))));
    }

    private record Expected(ExpectedSecret present, ExpectedSecret previous) {}

    /** What a request says: an id, and the two ways to read its secret. */
    private record Shown(String id, List<String> secrets) {
        @Override
        public String toString() {
            return "Shown[hidden]";
        }
    }
}
