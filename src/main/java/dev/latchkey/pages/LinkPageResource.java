package dev.latchkey.pages;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.AllowedLinks;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.emaillink.RedirectTargets;
import dev.latchkey.pages.HtmlPage.Content;
import dev.latchkey.password.Password;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.FormParameters;
import dev.latchkey.platform.http.Urls;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import dev.latchkey.selfservice.AccountDeletion;
import dev.latchkey.selfservice.EmailChange;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.selfservice.PasswordReset;
import dev.latchkey.selfservice.Refusals;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * The page that an e-mail link opens, and its button.
 *
 * <p>Security: opening it changes nothing, since mail scanners, previews and prefetching browsers open it as well. Pressing
 * the button needs no session: who knows the token has what it proves. It signs nobody in and touches no cookie, so that a
 * foreign page that sends the form, with a link of its own, gains nothing.
 */
@Path(EmailLinkPage.PATH + "{token}")
public class LinkPageResource {

    private static final Logger LOG = Logger.getLogger(LinkPageResource.class);

    /** The code by which a client's form learns that a link is not valid, as Better Auth has it. */
    private static final String INVALID_TOKEN = "INVALID_TOKEN";

    private final EmailLinks links;
    private final AllowedLinks allowed;
    private final EmailVerification verification;
    private final EmailChange change;
    private final AccountDeletion deletion;
    private final PasswordReset reset;
    private final RedirectTargets targets;
    private final LinkContents contents;
    private final HtmlPage page;
    private final ClientResolver clients;
    private final AuditLog audit;

    LinkPageResource(
            EmailLinks links,
            AllowedLinks allowed,
            EmailVerification verification,
            EmailChange change,
            AccountDeletion deletion,
            PasswordReset reset,
            RedirectTargets targets,
            LinkContents contents,
            HtmlPage page,
            ClientResolver clients,
            AuditLog audit) {
        this.links = links;
        this.allowed = allowed;
        this.verification = verification;
        this.change = change;
        this.deletion = deletion;
        this.reset = reset;
        this.targets = targets;
        this.contents = contents;
        this.page = page;
        this.clients = clients;
        this.audit = audit;
    }

    @GET
    @PermitAll
    @Operation(hidden = true)
    public Response open(@PathParam("token") String token) {
        EmailLink.Found found = find(token).orElse(null);
        if (found == null) {
            return page.render(contents.unknown());
        }
        return switch (found.purpose()) {
            case PASSWORD_RESET -> openPasswordReset(token, found.state());
            case EMAIL_VERIFICATION, EMAIL_CHANGE, EMAIL_CHANGE_UNDO, ACCOUNT_DELETION ->
                switch (found.state()) {
                    case EmailLink.State.Valid(EmailLink link) ->
                        page.render(contents.confirmation(found.purpose(), link, callback(link)));
                    case EmailLink.State.Used _ -> page.render(contents.used());
                    case EmailLink.State.Expired _ -> page.render(contents.expired());
                    case EmailLink.State.Unknown _ -> page.render(contents.unknown());
                };
        };
    }

    /** A client's own form for a new password gets the token; otherwise ours is shown. Neither uses the link up. */
    private Response openPasswordReset(String token, EmailLink.State state) {
        EmailLink link = link(state);
        String callback = link == null ? null : callback(link);
        boolean valid = reset.isValid(token);
        if (callback != null) {
            return redirect(
                    valid
                            ? Urls.withParameter(callback, "token", token)
                            : Urls.withParameter(callback, "error", INVALID_TOKEN));
        }
        return page.render(
                valid && link != null
                        ? contents.confirmation(EmailLink.Purpose.PASSWORD_RESET, link, null)
                        : refusal(state));
    }

    @POST
    @PermitAll
    @Operation(hidden = true)
    public Response press(
            @PathParam("token") String token, byte @Nullable [] body, @Context HttpServerRequest request) {
        Client client = clients.of(request);
        EmailLink.Found found = find(token).orElse(null);
        if (found == null) {
            audit.recordLater(AuditEvent.redemptionRefused(AuditEvent.Type.EMAIL_LINK, null, "unknown_link", client));
            return page.render(contents.unknown());
        }
        return switch (found.purpose()) {
            case EMAIL_VERIFICATION -> verify(token, found.state(), client);
            case EMAIL_CHANGE -> changeEmail(token, found.state(), client);
            case EMAIL_CHANGE_UNDO -> undo(token, found.state(), client);
            case ACCOUNT_DELETION -> deleteAccount(token, found.state(), client);
            case PASSWORD_RESET -> resetPassword(token, found.state(), body == null ? new byte[0] : body, client);
        };
    }

    private Response verify(String token, EmailLink.State state, Client client) {
        return switch (verification.confirm(token, client)) {
            case EmailVerification.Verified _, EmailVerification.AlreadyVerified _ -> done(state, contents.verified());
            case Refusals.LinkExpired _ -> page.render(contents.expired());
            case Refusals.LinkInvalid _ -> page.render(refusal(state));
        };
    }

    private Response changeEmail(String token, EmailLink.State state, Client client) {
        return switch (change.confirm(token, null, client)) {
            case EmailChange.Changed(var profile) ->
                done(state, contents.changed(profile.email().canonical()));
            case EmailChange.OtherUser _ -> throw new IllegalStateException("no user was named");
            case EmailChange.EmailTaken _ -> page.render(contents.addressTaken());
            case Refusals.LinkExpired _ -> page.render(contents.expired());
            case Refusals.LinkInvalid _ -> page.render(refusal(state));
        };
    }

    private Response undo(String token, EmailLink.State state, Client client) {
        return switch (change.undo(token, client)) {
            case EmailChange.Undone(var profile) ->
                done(state, contents.undone(profile.email().canonical()));
            case EmailChange.EmailTaken _ -> page.render(contents.addressTaken());
            case Refusals.LinkExpired _ -> page.render(contents.expired());
            case Refusals.LinkInvalid _ -> page.render(refusal(state));
        };
    }

    private Response deleteAccount(String token, EmailLink.State state, Client client) {
        return switch (deletion.deleteByLink(token, null, client)) {
            case AccountDeletion.Deleted _ -> done(state, contents.deleted());
            case Refusals.LinkInvalid _, Refusals.UserGone _ -> page.render(refusal(state));
        };
    }

    private Response resetPassword(String token, EmailLink.State state, byte[] body, Client client) {
        EmailLink link = link(state);
        String chosen = FormParameters.parse(body)
                .flatMap(form -> form.value("new_password"))
                .orElse("");
        return switch (reset.redeem(token, Password.of(chosen), client)) {
            case PasswordReset.PasswordChanged _ -> page.render(contents.passwordReset());
            case Refusals.InvalidPassword(var errors) ->
                page.render(
                        state instanceof EmailLink.State.Valid && link != null
                                ? contents.invalidPassword(link, errors, null)
                                : refusal(state));
            case Refusals.RateLimited(Duration retryAfter) ->
                later(
                        link == null ? contents.unavailable() : contents.tooManyAttempts(link, null),
                        Math.max(1, retryAfter.toSeconds()));
            case Refusals.Busy(Duration retryAfter) ->
                later(
                        link == null ? contents.unavailable() : contents.busy(link, null),
                        Math.clamp(retryAfter.toSeconds(), 1, 60));
            case Refusals.LinkInvalid _ -> page.render(refusal(state));
        };
    }

    private Response later(Content content, long seconds) {
        return Response.fromResponse(page.render(content))
                .header(HttpHeaders.RETRY_AFTER, seconds)
                .build();
    }

    /** Shows a person a page where another client would get a problem. */
    @ServerExceptionMapper
    Response failed(Throwable failure) {
        OutOfMemoryGuard.exitIfOutOfMemory(failure);
        if (DatabaseErrors.isTemporary(failure)) {
            LOG.debug("the database is unavailable", failure);
            return page.render(contents.unavailable());
        }
        LOG.error("unexpected failure", failure);
        return page.render(contents.failed());
    }

    /** Finds a link; none whose feature has been switched off since it was sent. */
    private Optional<EmailLink.Found> find(String token) {
        return links.find(token).filter(found -> allowed.allows(found.purpose()));
    }

    private Content refusal(EmailLink.State state) {
        return switch (state) {
            case EmailLink.State.Valid _ -> contents.invalid();
            case EmailLink.State.Used _ -> contents.used();
            case EmailLink.State.Expired _ -> contents.expired();
            case EmailLink.State.Unknown _ -> contents.unknown();
        };
    }

    private Response done(EmailLink.State state, Content otherwise) {
        EmailLink link = link(state);
        String callback = link == null ? null : callback(link);
        return callback == null ? page.render(otherwise) : redirect(callback);
    }

    private static @Nullable EmailLink link(EmailLink.State state) {
        return switch (state) {
            case EmailLink.State.Valid(EmailLink link) -> link;
            case EmailLink.State.Used(EmailLink link) -> link;
            case EmailLink.State.Expired(EmailLink link) -> link;
            case EmailLink.State.Unknown _ -> null;
        };
    }

    /** Security: it was allowed when the link was requested, and must be still, for origins lose their trust. */
    private @Nullable String callback(EmailLink link) {
        String callback = link.callback();
        return callback != null && targets.allows(callback) ? targets.absolute(callback) : null;
    }

    private static Response redirect(String target) {
        return Response.status(Response.Status.SEE_OTHER)
                .header(HttpHeaders.LOCATION, Urls.ascii(target))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }
}
