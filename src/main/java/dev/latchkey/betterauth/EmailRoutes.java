package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.ANYBODY;
import static dev.latchkey.betterauth.Endpoint.Demand.FRESH;
import static dev.latchkey.betterauth.RequestSchema.Kind.EMAIL;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.selfservice.EmailChange;
import dev.latchkey.selfservice.EmailChangeOutcome;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.selfservice.EmailVerificationOutcome;
import dev.latchkey.selfservice.LinkSignIn;
import dev.latchkey.session.SessionToken;
import dev.latchkey.signin.SignInOutcome;
import dev.latchkey.signin.SignedInSession;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Proving one's address by a mailed link, and changing it. */
@ApplicationScoped
class EmailRoutes implements RouteGroup {

    private static final Field CALLBACK = Field.text("callbackURL").optional();

    private final EmailVerification verification;
    private final EmailChange change;
    private final LinkSignIn signIn;
    private final EmailLinkUrls links;
    private final SessionCookies cookies;
    private final CookieCache cache;
    private final BetterAuthConfig config;

    EmailRoutes(
            EmailVerification verification,
            EmailChange change,
            LinkSignIn signIn,
            EmailLinkUrls links,
            SessionCookies cookies,
            CookieCache cache,
            BetterAuthConfig config) {
        this.verification = verification;
        this.change = change;
        this.signIn = signIn;
        this.links = links;
        this.cookies = cookies;
        this.cache = cache;
        this.config = config;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post(
                        "/send-verification-email",
                        ANYBODY,
                        RequestSchema.object(Field.of("email", EMAIL), CALLBACK),
                        this::send),
                Endpoint.link(
                        "/verify-email", ANYBODY, RequestSchema.object(Field.text("token"), CALLBACK), this::verify),
                Endpoint.post(
                        "/change-email",
                        FRESH,
                        RequestSchema.object(Field.of("newEmail", EMAIL), CALLBACK),
                        this::change));
    }

    private BetterAuthResponse send(RouteCall call) {
        if (!(EmailAddress.parse(call.body().text("email"))
                instanceof EmailAddress.Parsed.Valid(EmailAddress address))) {
            return BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL);
        }
        var link = links.verification(call.body().optionalText("callbackURL"));
        Caller visitor = call.visitor();
        if (visitor == null) {
            return answer(verification.request(address, link, call.asked().client()));
        }
        if (!visitor.user().email().equals(address)) {
            return BetterAuthResponse.refused(ErrorCode.EMAIL_MISMATCH);
        }
        return answer(
                verification.request(visitor.user().id(), link, call.asked().client()));
    }

    private BetterAuthResponse answer(EmailRequestOutcome outcome) {
        return switch (outcome) {
            case EmailRequestOutcome.Accepted ignored -> BetterAuthResponse.ok(JsonViews.done());
            case EmailRequestOutcome.NoMail ignored ->
                BetterAuthResponse.refused(ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED);
            case EmailRequestOutcome.NotNeeded ignored -> BetterAuthResponse.refused(ErrorCode.EMAIL_ALREADY_VERIFIED);
            case EmailRequestOutcome.Throttled(var wait) -> BetterAuthResponse.tooMany(wait);
            case EmailRequestOutcome.Gone ignored ->
                BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    /** One path for both kinds of links. */
    private BetterAuthResponse verify(RouteCall call) {
        String token = call.query().text("token");
        return change.isKnown(token) ? changed(call, token) : verified(call, token);
    }

    private BetterAuthResponse verified(RouteCall call, String token) {
        return switch (verification.confirm(token, call.asked().client())) {
            case EmailVerificationOutcome.Verified(Profile profile) -> entered(call, profile, done(call, null));
            case EmailVerificationOutcome.AlreadyVerified ignored -> done(call, null);
            case EmailVerificationOutcome.Expired ignored -> refused(call, ErrorCode.TOKEN_EXPIRED);
            case EmailVerificationOutcome.UnknownLink ignored -> refused(call, ErrorCode.INVALID_TOKEN);
        };
    }

    private BetterAuthResponse entered(RouteCall call, Profile profile, BetterAuthResponse done) {
        Caller visitor = call.visitor();
        if (!config.verification().signsIn()) {
            return done;
        }
        if (visitor != null) {
            // Security: a link that somebody was sent does not make them somebody else.
            return visitor.user().id().equals(profile.id())
                    ? done.with(cache.issue(new Caller(visitor.session(), visitor.token(), profile)))
                    : done;
        }
        return switch (signIn.afterVerification(profile.id(), call.asked().client())) {
            case SignInOutcome.SignedIn(SignedInSession grant, SessionToken token) ->
                done.with(cache.issue(new Caller(grant.session(), token, grant.user())));
            default -> done;
        };
    }

    private BetterAuthResponse changed(RouteCall call, String token) {
        Caller visitor = call.visitor();
        AccountId signedInAs = visitor == null ? null : visitor.user().id();
        return switch (change.confirm(token, signedInAs, call.asked().client())) {
            case EmailChangeOutcome.Changed(Profile profile) -> {
                BetterAuthResponse done = done(call, JsonViews.user(profile));
                yield visitor == null
                        ? done
                        : done.with(cache.issue(new Caller(visitor.session(), visitor.token(), profile)));
            }
            case EmailChangeOutcome.OtherUser ignored -> refused(call, ErrorCode.INVALID_USER);
            // Security: that somebody has the address by now is nobody's business.
            case EmailChangeOutcome.EmailTaken ignored -> refused(call, ErrorCode.INVALID_TOKEN);
            case EmailChangeOutcome.Expired ignored -> refused(call, ErrorCode.TOKEN_EXPIRED);
            case EmailChangeOutcome.UnknownLink ignored -> refused(call, ErrorCode.INVALID_TOKEN);
        };
    }

    private static BetterAuthResponse done(RouteCall call, @Nullable Map<String, @Nullable Object> user) {
        return target(call).map(BetterAuthResponse::redirect).orElseGet(() -> {
            Map<String, @Nullable Object> body = new LinkedHashMap<>();
            body.put("status", true);
            body.put("user", user);
            return BetterAuthResponse.ok(body);
        });
    }

    private static BetterAuthResponse refused(RouteCall call, ErrorCode error) {
        return target(call)
                .map(target -> BetterAuthResponse.redirect(EmailLinkUrls.with(target, "error", error.code())))
                .orElseGet(() -> BetterAuthResponse.refused(error));
    }

    private static Optional<String> target(RouteCall call) {
        return Optional.ofNullable(call.query().optionalText("callbackURL")).filter(target -> !target.isEmpty());
    }

    private BetterAuthResponse change(RouteCall call) {
        if (!config.changeEmail()) {
            return BetterAuthResponse.refused(ErrorCode.CHANGE_EMAIL_DISABLED);
        }
        if (!(EmailAddress.parse(call.body().text("newEmail"))
                instanceof EmailAddress.Parsed.Valid(EmailAddress wanted))) {
            return BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL);
        }
        return switch (change.request(
                call.caller().user().id(),
                wanted,
                links.verification(call.body().optionalText("callbackURL")),
                call.asked().client())) {
            case EmailRequestOutcome.Accepted ignored -> BetterAuthResponse.ok(JsonViews.done());
            case EmailRequestOutcome.NoMail ignored ->
                BetterAuthResponse.refused(400, ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED.message());
            case EmailRequestOutcome.NotNeeded ignored -> BetterAuthResponse.refused(400, "Email is the same");
            case EmailRequestOutcome.Throttled(var wait) -> BetterAuthResponse.tooMany(wait);
            case EmailRequestOutcome.Gone ignored ->
                BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }
}
