package dev.latchkey.mail;

import dev.latchkey.platform.http.PreferredLanguages;
import java.net.URI;
import java.time.Duration;

/**
 * The content of an e-mail, which {@link EmailTemplates} puts into words. Nothing that a user has typed is in it, but for
 * one word of letters from a {@code User-Agent}.
 *
 * <p>Security: a link holds a secret, so no message can be printed.
 */
public sealed interface EmailMessage {

    /** Returns the languages that its recipient prefers. */
    PreferredLanguages languages();

    /** A message without a secret, which may wait in the database as it is. Its fields are stored by {@link StoredNotices}. */
    sealed interface Notice extends EmailMessage {}

    /** Sent to a user who has forgotten their password. */
    record PasswordReset(PreferredLanguages languages, URI link, Duration lifetime) implements EmailMessage {
        @Override
        public String toString() {
            return "PasswordReset[hidden]";
        }
    }

    /** Sent to the address of an account, to verify it. */
    record EmailVerification(PreferredLanguages languages, URI link, Duration lifetime) implements EmailMessage {
        @Override
        public String toString() {
            return "EmailVerification[hidden]";
        }
    }

    /** Sent to the new address of an account, to verify it before it is used. */
    record EmailChange(PreferredLanguages languages, URI link, Duration lifetime) implements EmailMessage {
        @Override
        public String toString() {
            return "EmailChange[hidden]";
        }
    }

    /**
     * Sent to the former address of an account after a change.
     *
     * @param link undoes the change
     */
    record EmailChanged(PreferredLanguages languages, URI link, Duration lifetime) implements EmailMessage {
        @Override
        public String toString() {
            return "EmailChanged[hidden]";
        }
    }

    /**
     * Sent to the address that an account had when its change was undone.
     *
     * @param site the host (and port) at which the account is
     */
    record EmailChangeUndone(PreferredLanguages languages, String site) implements Notice {}

    /** Sent to a user when a device signs in that was not known. */
    record NewDevice(PreferredLanguages languages, String site, RequestDetails request) implements Notice {}

    /** Sent to a user when the password was changed or reset. */
    record PasswordChanged(PreferredLanguages languages, String site, RequestDetails request) implements Notice {}

    /** Sent to a user who wants to delete their account. */
    record AccountDeletion(PreferredLanguages languages, URI link, Duration lifetime) implements EmailMessage {
        @Override
        public String toString() {
            return "AccountDeletion[hidden]";
        }
    }
}
