package dev.latchkey.token;

import java.time.Duration;

/** A signed token as it goes to a client. */
public record AccessToken(String value, Duration lifetime) {
    @Override
    public String toString() {
        return "AccessToken[hidden]";
    }
}
