package dev.latchkey.gate;

import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.VerifiedToken;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a route requires of its caller. The same object decides for the service's own routes and for those behind the gate.
 *
 * @param allow which users may access the route
 * @param issuer the name of the issuer whose users are meant
 */
public record AccessRequirement(Allow allow, String issuer) {

    /** Which users a rule lets pass. */
    public sealed interface Allow {

        /** The user whose id is the value of this path parameter, and no other; no administrator either. */
        record Owner(String parameter) implements Allow {}

        /** Every user. */
        record Authenticated() implements Allow {}

        /** Users with this role. */
        record Role(String name) implements Allow {}

        /** Everyone, without a token too. */
        record Everyone() implements Allow {}

        /** The spelling in the settings. */
        default String setting() {
            return switch (this) {
                case Owner _ -> "owner";
                case Authenticated _ -> "authenticated";
                case Role(String name) -> "role:" + name;
                case Everyone _ -> "public";
            };
        }
    }

    /** Whether a caller meets the requirement. */
    public sealed interface Decision {

        /** Access; with the token that is valid for the route, if there is one. */
        record Granted(@Nullable VerifiedToken caller) implements Decision {}

        /** No access: there is no token. */
        record NoToken() implements Decision {}

        /** No access: the route belongs to another user. Nothing here tells whether that user exists (FR-021). */
        record NotOwner() implements Decision {}

        /** No access: the user lacks the role. */
        record NoRole(String role) implements Decision {}

        /** No access: the token is of another issuer than the one whose users are meant. */
        record OtherIssuer(String expected) implements Decision {}
    }

    /** Requires a user of this service. */
    public static AccessRequirement ofOurUsers(Allow allow) {
        return new AccessRequirement(allow, TokenOrigin.OURS);
    }

    /**
     * Decides whether a caller meets the requirement.
     *
     * @param token the caller's verified token; null if there is none
     * @param parameter the values that the path has for a parameter
     */
    public Decision decide(@Nullable VerifiedToken token, Function<String, List<String>> parameter) {
        // Security: the user ids and roles of another issuer are its own, whatever users of ours they look like.
        VerifiedToken caller = token != null && isMeant(token.origin()) ? token : null;
        if (allow instanceof Allow.Everyone) {
            return new Decision.Granted(caller);
        }
        if (token == null) {
            return new Decision.NoToken();
        }
        if (caller == null) {
            return new Decision.OtherIssuer(issuer);
        }
        return switch (allow) {
            case Allow.Everyone _, Allow.Authenticated _ -> new Decision.Granted(caller);
            case Allow.Role(String role) ->
                acceptsRolesOf(caller) && caller.roles().contains(role)
                        ? new Decision.Granted(caller)
                        : new Decision.NoRole(role);
            case Allow.Owner(String name) ->
                isOwner(caller.userId(), parameter.apply(name))
                        ? new Decision.Granted(caller)
                        : new Decision.NotOwner();
        };
    }

    /**
     * Whether a route belongs to the token's user (FR-019). A route may name its user several times: each value has to be
     * the token's user.
     *
     * @param tokenUser the user of the verified token, if it has one
     * @param routeValues what the route says, decoded; without any it belongs to no user
     */
    static boolean isOwner(@Nullable String tokenUser, List<String> routeValues) {
        // Security: ids are opaque and compared as they are. No trimming, no case folding, no normalization: whatever
        // made two ids equal here but not in the database would open another user's route.
        return tokenUser != null
                && !tokenUser.isEmpty()
                && !routeValues.isEmpty()
                && routeValues.stream().allMatch(tokenUser::equals);
    }

    /** Whether the token's roles are valid here: an issuer that shares our users still has roles of its own. */
    boolean acceptsRolesOf(VerifiedToken token) {
        return isNamed(token.origin()) && token.origin().ours() == issuer.equals(TokenOrigin.OURS);
    }

    /** Security: our own tokens are told by their origin's type, since a name is whatever the settings say. */
    private boolean isMeant(TokenOrigin origin) {
        return issuer.equals(TokenOrigin.OURS) ? origin.sharesUsers() : isNamed(origin) && !origin.ours();
    }

    private boolean isNamed(TokenOrigin origin) {
        return origin.name().equals(issuer);
    }
}
