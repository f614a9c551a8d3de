package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.AuthenticationMethod;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.session.Sessions;
import dev.latchkey.session.SignedInSession;
import dev.latchkey.signin.KnownDevices;
import dev.latchkey.signin.SignUp;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies that the e-mail address of an account is its user's, by a link. */
@ApplicationScoped
public class EmailVerification {

    private static final EmailLink.Purpose PURPOSE = EmailLink.Purpose.EMAIL_VERIFICATION;

    private final EmailLinkSender sender;
    private final EmailLinks links;
    private final Accounts accounts;
    private final Sessions sessions;
    private final KnownDevices devices;
    private final AuditLog audit;

    EmailVerification(
            EmailLinkSender sender,
            EmailLinks links,
            Accounts accounts,
            Sessions sessions,
            KnownDevices devices,
            AuditLog audit) {
        this.sender = sender;
        this.links = links;
        this.accounts = accounts;
        this.sessions = sessions;
        this.devices = devices;
        this.audit = audit;
    }

    /** The result of following a link. */
    public sealed interface Outcome permits Verified, AlreadyVerified, Refusals.LinkInvalid, Refusals.LinkExpired {}

    /** The address is verified from now on. */
    public record Verified(Profile profile) implements Outcome {}

    /** The address was verified before, by the same link or another one. */
    public record AlreadyVerified(Profile profile) implements Outcome {}

    /**
     * Sends a link to an address, if it is an account's and not verified yet.
     *
     * @param url the form of the link's URL
     */
    public EmailRequestOutcome.Anonymous request(EmailAddress email, EmailLinkUrl url, Client client) {
        return sender.sendToAddress(PURPOSE, email, url, client);
    }

    /**
     * Returns the e-mail with which a sign-up asks for a verification.
     *
     * <p>Security: it goes by the address, and is the same whether the sign-up creates an account or not (FR-007).
     *
     * @param url the form of the link's URL
     */
    public SignUp.VerificationEmail ofSignUp(EmailLinkUrl url, Client client) {
        return address -> sender.prepare(PURPOSE, address, url, client);
    }

    /** Sends a link to a user who is signed in, if their address is not verified yet. */
    public EmailRequestOutcome request(AccountId user, EmailLinkUrl url, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        if (profile == null) {
            return new Refusals.UserGone();
        }
        if (profile.emailVerified()) {
            return new EmailRequestOutcome.NotNeeded();
        }
        return sender.sendToUser(PURPOSE, profile, profile.email(), url, client);
    }

    /** Verifies the address by a link. */
    public Outcome confirm(String token, Client client) {
        return switch (links.check(PURPOSE, token)) {
            case EmailLink.State.Valid(EmailLink link) ->
                QuarkusTransaction.requiringNew().call(() -> confirmed(link, token, client));
            // Users open a link twice, and mail scanners open it before them.
            case EmailLink.State.Used(EmailLink link) -> alreadyVerified(link, client);
            case EmailLink.State.Expired(EmailLink link) -> {
                recordRefusal(link.user(), "expired_link", client);
                yield new Refusals.LinkExpired();
            }
            case EmailLink.State.Unknown _ -> linkInvalid(null, client);
        };
    }

    private Outcome confirmed(EmailLink link, String token, Client client) {
        Profile before = accounts.lockActive(link.user())
                .filter(profile -> profile.email().equals(link.address()))
                .orElse(null);
        if (before == null) {
            return linkInvalid(link.user(), client);
        }
        boolean redeemed = links.redeem(PURPOSE, token) instanceof EmailLink.State.Valid;
        if (before.emailVerified()) {
            return new AlreadyVerified(before);
        }
        if (!redeemed) {
            return linkInvalid(link.user(), client);
        }
        audit.record(AuditEvent.emailVerified(link.user().value(), client));
        return new Verified(accounts.verifyEmail(link.user(), link.address()).orElseThrow());
    }

    private Outcome alreadyVerified(EmailLink link, Client client) {
        return accounts.findActive(link.user())
                .filter(profile -> profile.emailVerified() && profile.email().equals(link.address()))
                .<Outcome>map(AlreadyVerified::new)
                .orElseGet(() -> linkInvalid(link.user(), client));
    }

    /**
     * A user who was signed in by a link.
     *
     * @param device the cookie by which the device is known from now on
     */
    public record SignedIn(SignedInSession session, KnownDevices.Cookie device) {}

    /**
     * Signs in a user who has just verified their address, if a deployment is configured so; empty if the account is gone. No
     * notice of a new device is sent: who opens the link reads the mailbox that would get it.
     */
    public Optional<SignedIn> signIn(AccountId user, SessionSecret.Kind secret, Client client) {
        return QuarkusTransaction.requiringNew()
                .call(() -> accounts.lockActive(user).map(profile -> {
                    SignedInSession opened =
                            sessions.open(profile, AuthenticationMethod.EMAIL_LINK, true, secret, client);
                    var unused = accounts.takeFirstSignIn(user);
                    audit.record(AuditEvent.signedIn(
                            user.value(), opened.session().id().value(), client));
                    Credential credential = accounts.findCredential(user).orElseGet(() -> new Credential(user, null));
                    return new SignedIn(opened, devices.issue(profile.email(), credential, client));
                }));
    }

    private Refusals.LinkInvalid linkInvalid(@Nullable AccountId user, Client client) {
        recordRefusal(user, "unknown_link", client);
        return new Refusals.LinkInvalid();
    }

    private void recordRefusal(@Nullable AccountId user, String reason, Client client) {
        audit.recordLater(AuditEvent.redemptionRefused(
                Type.EMAIL_VERIFICATION, user == null ? null : user.value(), reason, client));
    }
}
