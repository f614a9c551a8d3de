package dev.latchkey.gate;

import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.VerifiedToken;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a route demands of its caller. The same object decides for our own routes and for those behind the gate.
 *
 * @param issuer the name of the issuer whose users are meant
 */
public record AccessRequirement(Requirement allow, String issuer) {

    /** Demands a user of ours. */
    public static AccessRequirement ours(Requirement allow) {
        return new AccessRequirement(allow, TokenOrigin.OURS);
    }

    /**
     * Decides.
     *
     * @param token the caller's, judged good; null if there is none
     * @param parameter the values that the path has for a parameter
     */
    public AccessDecision judge(@Nullable VerifiedToken token, Function<String, List<String>> parameter) {
        // Security: the user ids and roles of another issuer are its own, whatever users of ours they look like.
        VerifiedToken counting = token != null && means(token.origin()) ? token : null;
        if (allow instanceof Requirement.Everybody) {
            return new AccessDecision.Granted(counting);
        }
        if (token == null) {
            return new AccessDecision.NoToken();
        }
        if (counting == null) {
            return new AccessDecision.OtherIssuer(issuer);
        }
        return switch (allow) {
            case Requirement.Everybody _, Requirement.Authenticated _ -> new AccessDecision.Granted(counting);
            case Requirement.Role(String role) ->
                rolesCount(counting) && counting.roles().contains(role)
                        ? new AccessDecision.Granted(counting)
                        : new AccessDecision.NoRole(role);
            case Requirement.Owner(String name) ->
                switch (OwnerRule.decide(counting.userId(), parameter.apply(name))) {
                    case OwnerRule.Owner _ -> new AccessDecision.Granted(counting);
                    case OwnerRule.NotOwner _ -> new AccessDecision.NotOwner();
                };
        };
    }

    /** An issuer that shares our users speaks of them; its roles are its own all the same. */
    boolean rolesCount(VerifiedToken token) {
        return isNamed(token.origin()) && token.origin().ours() == issuer.equals(TokenOrigin.OURS);
    }

    /** Security: ours are told by what they are, since a name is whatever the settings say. */
    private boolean means(TokenOrigin origin) {
        return issuer.equals(TokenOrigin.OURS) ? origin.sharesUsers() : isNamed(origin) && !origin.ours();
    }

    private boolean isNamed(TokenOrigin origin) {
        return origin.name().equals(issuer);
    }
}
