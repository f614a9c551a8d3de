package dev.latchkey.emaillink;

/**
 * Decides which e-mail links may be used. The entry point whose settings switch features off has the rule; it is asked when a
 * link is used too, since the settings may have changed since it was sent.
 */
public interface AllowedLinks {

    /** Returns whether links for a purpose may be requested and used. */
    boolean allows(EmailLink.Purpose purpose);
}
