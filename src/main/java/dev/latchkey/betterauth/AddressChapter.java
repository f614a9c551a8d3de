package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.ANYBODY;
import static dev.latchkey.betterauth.Endpoint.Demand.FRESH;
import static dev.latchkey.betterauth.Shape.Kind.EMAIL;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.betterauth.Shape.Field;
import dev.latchkey.signin.EmailChange;
import dev.latchkey.signin.EmailChangeOutcome;
import dev.latchkey.signin.EmailVerification;
import dev.latchkey.signin.EmailVerificationOutcome;
import dev.latchkey.signin.Grant;
import dev.latchkey.signin.LetterOutcome;
import dev.latchkey.signin.LinkSignIn;
import dev.latchkey.signin.SignInOutcome;
import dev.latchkey.token.SessionToken;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Proving one's address by a mailed link, and changing it. */
@ApplicationScoped
class AddressChapter implements Chapter {

    private static final Field CALLBACK = Field.text("callbackURL").optional();

    private final EmailVerification verification;
    private final EmailChange change;
    private final LinkSignIn signIn;
    private final MailedLinks links;
    private final SessionCookies cookies;
    private final CookieCache cache;
    private final BetterAuthConfig config;

    AddressChapter(
            EmailVerification verification,
            EmailChange change,
            LinkSignIn signIn,
            MailedLinks links,
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
                        Shape.object(Field.of("email", EMAIL), CALLBACK),
                        this::send),
                Endpoint.link("/verify-email", ANYBODY, Shape.object(Field.text("token"), CALLBACK), this::verify),
                Endpoint.post(
                        "/change-email", FRESH, Shape.object(Field.of("newEmail", EMAIL), CALLBACK), this::change));
    }

    private Reply send(Call call) {
        if (!(EmailAddress.parse(call.body().text("email"))
                instanceof EmailAddress.Parsed.Valid(EmailAddress address))) {
            return Reply.refused(ErrorCode.INVALID_EMAIL);
        }
        var link = links.verification(call.body().optionalText("callbackURL"));
        Caller visitor = call.visitor();
        if (visitor == null) {
            return answer(verification.request(address, link, call.asked().client()));
        }
        if (!visitor.user().email().equals(address)) {
            return Reply.refused(ErrorCode.EMAIL_MISMATCH);
        }
        return answer(
                verification.request(visitor.user().id(), link, call.asked().client()));
    }

    private Reply answer(LetterOutcome outcome) {
        return switch (outcome) {
            case LetterOutcome.OnItsWay ignored -> Reply.ok(Bodies.done());
            case LetterOutcome.NoMail ignored -> Reply.refused(ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED);
            case LetterOutcome.Needless ignored -> Reply.refused(ErrorCode.EMAIL_ALREADY_VERIFIED);
            case LetterOutcome.Throttled(var wait) -> Reply.tooMany(wait);
            case LetterOutcome.Gone ignored ->
                Reply.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    /** One path for both kinds of links. */
    private Reply verify(Call call) {
        String token = call.query().text("token");
        return change.knows(token) ? changed(call, token) : verified(call, token);
    }

    private Reply verified(Call call, String token) {
        return switch (verification.confirm(token, call.asked().client())) {
            case EmailVerificationOutcome.Verified(Profile profile) -> entered(call, profile, done(call, null));
            case EmailVerificationOutcome.AlreadyVerified ignored -> done(call, null);
            case EmailVerificationOutcome.Expired ignored -> refused(call, ErrorCode.TOKEN_EXPIRED);
            case EmailVerificationOutcome.UnknownLink ignored -> refused(call, ErrorCode.INVALID_TOKEN);
        };
    }

    private Reply entered(Call call, Profile profile, Reply done) {
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
            case SignInOutcome.SignedIn(Grant grant, SessionToken token) ->
                done.with(cache.issue(new Caller(grant.session(), token, grant.user())));
            default -> done;
        };
    }

    private Reply changed(Call call, String token) {
        Caller visitor = call.visitor();
        AccountId signedInAs = visitor == null ? null : visitor.user().id();
        return switch (change.confirm(token, signedInAs, call.asked().client())) {
            case EmailChangeOutcome.Changed(Profile profile) -> {
                Reply done = done(call, Bodies.user(profile));
                yield visitor == null
                        ? done
                        : done.with(cache.issue(new Caller(visitor.session(), visitor.token(), profile)));
            }
            case EmailChangeOutcome.OtherUser ignored -> refused(call, ErrorCode.INVALID_USER);
            // Security: that somebody has the address by now is nobody's business.
            case EmailChangeOutcome.AddressTaken ignored -> refused(call, ErrorCode.INVALID_TOKEN);
            case EmailChangeOutcome.Expired ignored -> refused(call, ErrorCode.TOKEN_EXPIRED);
            case EmailChangeOutcome.UnknownLink ignored -> refused(call, ErrorCode.INVALID_TOKEN);
        };
    }

    private static Reply done(Call call, @Nullable Map<String, @Nullable Object> user) {
        return target(call).map(Reply::redirect).orElseGet(() -> {
            Map<String, @Nullable Object> body = new LinkedHashMap<>();
            body.put("status", true);
            body.put("user", user);
            return Reply.ok(body);
        });
    }

    private static Reply refused(Call call, ErrorCode error) {
        return target(call)
                .map(target -> Reply.redirect(MailedLinks.with(target, "error", error.code())))
                .orElseGet(() -> Reply.refused(error));
    }

    private static Optional<String> target(Call call) {
        return Optional.ofNullable(call.query().optionalText("callbackURL")).filter(target -> !target.isEmpty());
    }

    private Reply change(Call call) {
        if (!config.changeEmail()) {
            return Reply.refused(ErrorCode.CHANGE_EMAIL_DISABLED);
        }
        if (!(EmailAddress.parse(call.body().text("newEmail"))
                instanceof EmailAddress.Parsed.Valid(EmailAddress wanted))) {
            return Reply.refused(ErrorCode.INVALID_EMAIL);
        }
        return switch (change.request(
                call.caller().user().id(),
                wanted,
                links.verification(call.body().optionalText("callbackURL")),
                call.asked().client())) {
            case LetterOutcome.OnItsWay ignored -> Reply.ok(Bodies.done());
            case LetterOutcome.NoMail ignored -> Reply.refused(400, ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED.message());
            case LetterOutcome.Needless ignored -> Reply.refused(400, "Email is the same");
            case LetterOutcome.Throttled(var wait) -> Reply.tooMany(wait);
            case LetterOutcome.Gone ignored ->
                Reply.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }
}
