package dev.latchkey.gate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether a route belongs to the token's user (FR-019): only an exact match opens it. */
public final class OwnerRule {

    private OwnerRule() {}

    /** Whose route it is. */
    public sealed interface Decision {}

    /** The route is the token's user's own. */
    public record Owner(String userId) implements Decision {}

    /** The route is not open to this token; nothing here tells whether the user whom it names exists (FR-021). */
    public record NotOwner() implements Decision {}

    /** Decides for a route that names its user once. */
    public static Decision decide(@Nullable String tokenUser, @Nullable String routeValue) {
        return routeValue == null ? new NotOwner() : decide(tokenUser, List.of(routeValue));
    }

    /**
     * Decides for a route that may name its user several times: each value has to be the token's user.
     *
     * @param tokenUser the user of the verified token, if it has one
     * @param routeValues what the route says, decoded; none refuses
     */
    public static Decision decide(@Nullable String tokenUser, List<String> routeValues) {
        if (tokenUser == null || tokenUser.isEmpty() || routeValues.isEmpty()) {
            return new NotOwner();
        }
        // Security: ids are opaque and compared as they are. No trimming, no case folding, no normalization: whatever
        // made
        // two ids equal here but not in the database would open another user's route.
        for (String routeValue : routeValues) {
            if (!tokenUser.equals(routeValue)) {
                return new NotOwner();
            }
        }
        return new Owner(tokenUser);
    }
}
