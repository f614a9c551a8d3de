package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.account.ManagedAccount;
import dev.latchkey.account.Profile;
import dev.latchkey.admin.Administration;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Renders what administrators get: accounts, and the refusals that their routes share. */
@ApplicationScoped
class AdminResponses {

    /** A user account as an administrator sees it. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    public record AdminUser(
            String id,
            String email,
            @Nullable String name,
            @Nullable String image,
            boolean emailVerified,
            @Nullable String locale,
            List<String> roles,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Ban ban) {

        /** Why and since when the user is banned; without an end the ban does not end by itself. */
        @RegisterForReflection
        @JsonNaming(SnakeCaseStrategy.class)
        public record Ban(
                Instant since,
                @Nullable String reason,
                @Nullable Instant until) {}

        static AdminUser of(ManagedAccount account) {
            Profile profile = account.profile();
            ManagedAccount.Ban ban = account.ban();
            return new AdminUser(
                    profile.id().value(),
                    profile.email().canonical(),
                    profile.name(),
                    profile.image(),
                    profile.emailVerified(),
                    profile.locale(),
                    profile.roles().stream().sorted().toList(),
                    profile.createdAt(),
                    profile.updatedAt(),
                    ban == null ? null : new Ban(ban.since(), ban.reason(), ban.until()));
        }
    }

    private final Problems problems;

    AdminResponses(Problems problems) {
        this.problems = problems;
    }

    /** The account as an action has left it. */
    Response account(Administration.Outcome outcome) {
        return outcome instanceof Administration.Changed(ManagedAccount account)
                ? Response.ok(AdminUser.of(account)).build()
                : done(outcome);
    }

    /** An empty response to an action. */
    Response done(Administration.Outcome outcome) {
        return switch (outcome) {
            case Administration.Changed _, Administration.Deleted _ ->
                Response.noContent().build();
            case Administration.NotFound _ -> notFound();
            case Administration.SessionNotFound _ ->
                problems.of(ProblemCode.NOT_FOUND, "This user has no such session.");
            case Administration.NotAdministrator _ -> notAdministrator();
            case Administration.OwnAccount _ -> problems.of(ProblemCode.OWN_ACCOUNT);
            case Administration.LastAdministrator _ -> problems.of(ProblemCode.LAST_ADMINISTRATOR);
            case Administration.AccountBanned _ -> problems.of(ProblemCode.ACCOUNT_BANNED);
        };
    }

    Response notFound() {
        return problems.of(ProblemCode.NOT_FOUND, "There is no such user.");
    }

    Response notAdministrator() {
        return problems.of(ProblemCode.FORBIDDEN, "You are no administrator any more.");
    }
}
