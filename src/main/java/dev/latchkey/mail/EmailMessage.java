package dev.latchkey.mail;

import java.net.URI;
import java.time.Duration;

/**
 * The content of an e-mail. Subjects are fixed, and so are the templates; nothing that a user has typed is in them.
 *
 * <p>Security: a link holds a secret, so no message can be printed.
 */
public sealed interface EmailMessage {

    /** Sent to a user who has forgotten their password. */
    record PasswordReset(URI link, Duration lifetime) implements EmailMessage {
        @Override
        public String toString() {
            return "PasswordReset[hidden]";
        }
    }

    /** Sent to the address of an account, to verify it. */
    record EmailVerification(URI link, Duration lifetime) implements EmailMessage {
        @Override
        public String toString() {
            return "EmailVerification[hidden]";
        }
    }

    /** Sent to the new address of an account, to verify it before it is used. */
    record EmailChange(URI link, Duration lifetime) implements EmailMessage {
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
    record EmailChanged(URI link, Duration lifetime) implements EmailMessage {
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
    record EmailChangeUndone(String site) implements EmailMessage {}

    /** Sent to a user who wants to delete their account. */
    record AccountDeletion(URI link, Duration lifetime) implements EmailMessage {
        @Override
        public String toString() {
            return "AccountDeletion[hidden]";
        }
    }
}
