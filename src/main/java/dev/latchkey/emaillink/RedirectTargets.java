package dev.latchkey.emaillink;

/**
 * Decides where browsers may be sent after a link was used. The entry point whose clients name such places has the rule; it
 * is asked when a link is requested, and again when it is used, since the settings may have changed meanwhile.
 */
public interface RedirectTargets {

    /** Returns whether a browser may be sent to a target: a URL of a trusted origin, or a path of this service. */
    boolean allows(String target);

    /** Returns an allowed target as an absolute URL. */
    String absolute(String target);
}
