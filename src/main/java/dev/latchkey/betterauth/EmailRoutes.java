package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Access.FRESH_SESSION;
import static dev.latchkey.betterauth.Endpoint.Access.OPTIONAL_SESSION;
import static dev.latchkey.betterauth.RequestSchema.Kind.EMAIL;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.DeviceCookie;
import dev.latchkey.platform.http.Urls;
import dev.latchkey.selfservice.EmailChange;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.selfservice.Reauthentication;
import dev.latchkey.selfservice.Refusals;
import dev.latchkey.session.SessionSecret;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Verification and change of the e-mail address, each by an e-mail link. */
@ApplicationScoped
class EmailRoutes implements RouteGroup {

    private static final Field CALLBACK = Field.text("callbackURL").optional();

    private final EmailVerification verification;
    private final EmailChange change;
    private final EmailLinkUrls links;
    private final EmailLinkPage page;
    private final AllowedOrigins origins;
    private final SessionCookies cookies;
    private final CookieCache cache;
    private final DeviceCookie deviceCookie;
    private final BetterAuthConfig config;

    EmailRoutes(
            EmailVerification verification,
            EmailChange change,
            EmailLinkUrls links,
            EmailLinkPage page,
            AllowedOrigins origins,
            SessionCookies cookies,
            CookieCache cache,
            DeviceCookie deviceCookie,
            BetterAuthConfig config) {
        this.verification = verification;
        this.change = change;
        this.links = links;
        this.page = page;
        this.origins = origins;
        this.cookies = cookies;
        this.cache = cache;
        this.deviceCookie = deviceCookie;
        this.config = config;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post(
                        "/send-verification-email",
                        OPTIONAL_SESSION,
                        RequestSchema.object(Field.of("email", EMAIL), CALLBACK),
                        this::sendVerificationEmail),
                Endpoint.get(
                        "/verify-email",
                        OPTIONAL_SESSION,
                        RequestSchema.object(Field.text("token"), CALLBACK),
                        this::openLink),
                Endpoint.post(
                        "/change-email",
                        FRESH_SESSION,
                        RequestSchema.object(Field.of("newEmail", EMAIL), CALLBACK),
                        this::requestChange));
    }

    private BetterAuthResponse sendVerificationEmail(RouteCall call) {
        EmailAddress address = call.body().email("email");
        EmailLinkUrl link = links.verification(call.body().optionalText("callbackURL"));
        Client client = call.request().client();
        Caller caller = call.optionalCaller();
        if (caller == null) {
            return verificationRequested(verification.request(address, link, client));
        }
        return caller.user().email().equals(address)
                ? verificationRequested(verification.request(caller.user().id(), link, client))
                : BetterAuthResponse.refused(ErrorCode.EMAIL_MISMATCH);
    }

    private BetterAuthResponse verificationRequested(EmailRequestOutcome outcome) {
        return switch (outcome) {
            case EmailRequestOutcome.Accepted _ -> BetterAuthResponse.success();
            case EmailRequestOutcome.QueueFull(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
            case EmailRequestOutcome.MailNotConfigured _ ->
                BetterAuthResponse.refused(ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED);
            case EmailRequestOutcome.NotNeeded _ -> BetterAuthResponse.refused(ErrorCode.EMAIL_ALREADY_VERIFIED);
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.UserGone _ -> cookies.unauthorized();
        };
    }

    /** Links that verify an address and links that change it have the same path. */
    private BetterAuthResponse openLink(RouteCall call) {
        String token = call.query().text("token");
        if (!change.isKnown(token)) {
            return verifyEmail(call, token);
        }
        if (config.changeEmail()) {
            return changeEmail(call, token);
        }
        change.refuseSwitchedOff(token, call.request().client());
        return failed(call, ErrorCode.INVALID_TOKEN);
    }

    private BetterAuthResponse verifyEmail(RouteCall call, String token) {
        return switch (verification.confirm(token, call.request().client())) {
            case EmailVerification.Verified(Profile profile) -> verified(call, profile);
            case EmailVerification.AlreadyVerified _ -> succeeded(call, null);
            case Refusals.LinkExpired _ -> failed(call, ErrorCode.TOKEN_EXPIRED);
            case Refusals.LinkInvalid _ -> failed(call, ErrorCode.INVALID_TOKEN);
        };
    }

    private BetterAuthResponse verified(RouteCall call, Profile profile) {
        BetterAuthResponse response = succeeded(call, null);
        if (!config.verification().signsIn()) {
            return response;
        }
        // Security: where e-mails lead to our page, a browser is not sent here by one. A foreign page could send it
        // here with
        // the attacker's own link, and sign its user in to the attacker's account (login CSRF).
        if (page.isPreferred() && origins.checkSignIn(call.request()).isPresent()) {
            return response;
        }
        Caller caller = call.optionalCaller();
        if (caller != null) {
            // Security: a link that an attacker sends to a signed-in user does not sign that user in to another
            // account.
            return caller.user().id().equals(profile.id())
                    ? response.with(cache.setSession(caller.with(profile)))
                    : response;
        }
        return verification
                .signIn(
                        profile.id(),
                        SessionSecret.Kind.SESSION_TOKEN,
                        call.request().client())
                .map(signedIn -> response.with(
                                "Set-Cookie",
                                deviceCookie.issued(signedIn.device().value()))
                        .with(cache.setSession(Caller.of(signedIn.session()))))
                .orElse(response);
    }

    private BetterAuthResponse changeEmail(RouteCall call, String token) {
        Caller caller = call.optionalCaller();
        AccountId signedInAs = caller == null ? null : caller.user().id();
        return switch (change.confirm(token, signedInAs, call.request().client())) {
            case EmailChange.Changed(Profile profile) -> {
                BetterAuthResponse response = succeeded(call, JsonViews.user(profile));
                yield caller == null ? response : response.with(cache.setSession(caller.with(profile)));
            }
            case EmailChange.OtherUser _ -> failed(call, ErrorCode.INVALID_USER);
            // Security: the response does not reveal that the address belongs to another account by now.
            case EmailChange.EmailTaken _ -> failed(call, ErrorCode.INVALID_TOKEN);
            case Refusals.LinkExpired _ -> failed(call, ErrorCode.TOKEN_EXPIRED);
            case Refusals.LinkInvalid _ -> failed(call, ErrorCode.INVALID_TOKEN);
        };
    }

    private static BetterAuthResponse succeeded(RouteCall call, @Nullable Map<String, @Nullable Object> user) {
        String callback = call.query().nonEmptyText("callbackURL");
        if (callback != null) {
            return BetterAuthResponse.redirect(callback);
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("status", true);
        json.put("user", user);
        return BetterAuthResponse.ok(json);
    }

    private static BetterAuthResponse failed(RouteCall call, ErrorCode error) {
        String callback = call.query().nonEmptyText("callbackURL");
        return callback == null
                ? BetterAuthResponse.refused(error)
                : BetterAuthResponse.redirect(Urls.withParameter(callback, "error", error.code()));
    }

    private BetterAuthResponse requestChange(RouteCall call) {
        if (!config.changeEmail()) {
            change.refuseSwitchedOff(call.caller().user().id(), call.request().client());
            return BetterAuthResponse.refused(ErrorCode.CHANGE_EMAIL_DISABLED);
        }
        Caller caller = call.caller();
        return switch (change.request(
                caller.user().id(),
                caller.session().id(),
                null,
                call.body().email("newEmail"),
                links.verification(call.body().optionalText("callbackURL")),
                call.request().client())) {
            case EmailRequestOutcome.Accepted _ -> BetterAuthResponse.success();
            case EmailRequestOutcome.QueueFull(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
            case EmailRequestOutcome.MailNotConfigured _ ->
                BetterAuthResponse.refused(400, ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED.message());
            case EmailRequestOutcome.NotNeeded _ -> BetterAuthResponse.refused(400, "Email is the same");
            case Refusals.NotFresh _ -> BetterAuthResponse.refused(ErrorCode.SESSION_NOT_FRESH);
            case Reauthentication.WrongPassword _ -> throw new IllegalStateException("there was no password");
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.Busy(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
            case Refusals.UserGone _ -> cookies.unauthorized();
        };
    }
}
