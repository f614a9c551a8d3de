package dev.latchkey.mail;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What somebody is written. Subjects and texts are fixed; of what others sent nothing stands in them.
 *
 * <p>Security: a link holds a secret, so no letter prints.
 */
public sealed interface EmailMessage {

    String subject();

    /** What has happened or was asked for. */
    String occasion();

    /** What whoever did not ask for it should do. */
    default String otherwise() {
        return "If you did not ask for this, do nothing: without the link nothing changes.";
    }

    /** What the link does, in a word or two. */
    default String invitation() {
        return "";
    }

    /** The link, if there is one. */
    default @Nullable URI link() {
        return null;
    }

    /** How long the link counts. */
    default Duration counts() {
        return Duration.ZERO;
    }

    /** To whoever has forgotten a password. */
    record PasswordReset(URI link, Duration counts) implements EmailMessage {
        @Override
        public String subject() {
            return "Choose a new password";
        }

        @Override
        public String occasion() {
            return "A new password was asked for, for the account with this address at %s."
                    .formatted(link.getAuthority());
        }

        @Override
        public String invitation() {
            return "Choose a new password";
        }

        @Override
        public String toString() {
            return "PasswordReset[hidden]";
        }
    }

    /** To the address of an account, to prove that it is its user's. */
    record EmailVerification(URI link, Duration counts) implements EmailMessage {
        @Override
        public String subject() {
            return "Confirm your e-mail address";
        }

        @Override
        public String occasion() {
            return "This address was given for an account at %s.".formatted(link.getAuthority());
        }

        @Override
        public String invitation() {
            return "Confirm the address";
        }

        @Override
        public String toString() {
            return "EmailVerification[hidden]";
        }
    }

    /** To the address that an account is to get. */
    record EmailChange(URI link, Duration counts) implements EmailMessage {
        @Override
        public String subject() {
            return "Confirm your new e-mail address";
        }

        @Override
        public String occasion() {
            return "This is to become the address of an account at %s.".formatted(link.getAuthority());
        }

        @Override
        public String invitation() {
            return "Use this address";
        }

        @Override
        public String toString() {
            return "EmailChange[hidden]";
        }
    }

    /**
     * To the address that an account has no longer.
     *
     * @param place where the account is
     */
    record EmailChanged(String place) implements EmailMessage {
        @Override
        public String subject() {
            return "The e-mail address of your account was changed";
        }

        @Override
        public String occasion() {
            return "Your account at %s has another e-mail address now; this one signs nobody in any more."
                    .formatted(place);
        }

        @Override
        public String otherwise() {
            return "If that was not you, somebody else is using your account: tell whoever runs the site.";
        }
    }

    /** To whoever wants their account deleted. */
    record Departure(URI link, Duration counts) implements EmailMessage {
        @Override
        public String subject() {
            return "Delete your account";
        }

        @Override
        public String occasion() {
            return "Your account at %s is to be deleted, with all that belongs to it. This cannot be undone."
                    .formatted(link.getAuthority());
        }

        @Override
        public String invitation() {
            return "Delete the account";
        }

        @Override
        public String otherwise() {
            return "If you did not ask for this, do not open the link, and change your password:"
                    + " somebody is signed in to your account.";
        }

        @Override
        public String toString() {
            return "Departure[hidden]";
        }
    }
}
