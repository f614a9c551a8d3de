package dev.latchkey.mail;

import dev.latchkey.platform.http.BrowserName;
import dev.latchkey.platform.http.Client;
import java.time.Instant;

/**
 * What a notice says of the request that caused it.
 *
 * @param address the client's address, or empty when it is unknown
 * @param browser the client's program in a few words, or empty when it is unknown
 */
public record RequestDetails(Instant at, String address, String browser) {

    public static RequestDetails of(Instant at, Client client) {
        return new RequestDetails(at, client.ip(), BrowserName.of(client.userAgent()));
    }
}
