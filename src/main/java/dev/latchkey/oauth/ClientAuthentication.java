package dev.latchkey.oauth;

import org.jspecify.annotations.Nullable;

/** Which backend is asking? */
sealed interface ClientAuthentication {

    record Authenticated(String backend) implements ClientAuthentication {}

    /**
     * None of ours.
     *
     * @param reason for the record, and not for whoever tried
     * @param backend whose secret was wrong; null when no backend of ours was named
     */
    record Refused(String reason, @Nullable String backend) implements ClientAuthentication {}

    /** Credentials in two places, which RFC 6749 section 2.3 forbids: which of them would count? */
    record Twice() implements ClientAuthentication {}
}
