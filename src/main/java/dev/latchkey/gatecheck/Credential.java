package dev.latchkey.gatecheck;

import java.util.List;

/** How a request proves who sends it, made of the one token. */
enum Credential {
    OWN("own"),
    NONE("none"),
    ALTERED("altered"),
    GARBAGE("garbage"),
    TWICE("own twice"),
    OWN_AND_ALTERED("own, altered"),
    ALTERED_AND_OWN("altered, own"),
    LOWER_CASE("own, as bearer"),
    BASIC("Basic"),
    TO_PROXY("own, to proxy");

    private final String words;

    Credential(String words) {
        this.words = words;
    }

    /** What stands in the table in the place of the token. */
    String words() {
        return words;
    }

    /** The lines of the request's head. */
    List<String> lines(BearerToken token) {
        return switch (this) {
            case NONE -> List.of();
            case OWN -> List.of(bearer(token.value()));
            case ALTERED -> List.of(bearer(token.altered()));
            case GARBAGE -> List.of(bearer("garbage"));
            case TWICE -> List.of(bearer(token.value()), bearer(token.value()));
            case OWN_AND_ALTERED -> List.of(bearer(token.value()), bearer(token.altered()));
            case ALTERED_AND_OWN -> List.of(bearer(token.altered()), bearer(token.value()));
            case LOWER_CASE -> List.of("Authorization: bearer " + token.value());
            // ada:password
            case BASIC -> List.of("Authorization: Basic YWRhOnBhc3N3b3Jk");
            case TO_PROXY -> List.of("Proxy-Authorization: Bearer " + token.value());
        };
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }
}
