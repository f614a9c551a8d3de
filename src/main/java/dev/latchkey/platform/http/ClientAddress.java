package dev.latchkey.platform.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Decides from which address a request came, in canonical text.
 *
 * <p>Not {@code quarkus.http.proxy.*}, which takes the left end of the header, where a client writes what it likes.
 *
 * <p>Only {@code X-Forwarded-For} is read. RFC 7239's {@code Forwarded} is not: proxies that set the one often pass the
 * other through as the client sent it, and two sources of one truth can be played against each other.
 */
public final class ClientAddress {

    private ClientAddress() {}

    /**
     * The client's address: the peer's, unless the peer is a trusted proxy that names another.
     *
     * @param peer the other end of the TCP connection
     * @param forwardedForHeaders the values of all {@code X-Forwarded-For} lines, in their order
     */
    public static String of(InetAddress peer, List<String> forwardedForHeaders, TrustedProxies proxies) {
        InetAddress client = peer;
        if (!proxies.contains(peer)) {
            return IpAddresses.text(client);
        }
        // Security: each proxy appends the address of its peer, so the list is true from its right end up to and
        // including the first address that is no trusted proxy. Further left is whatever the client wrote.
        List<String> hops = Arrays.asList(String.join(",", forwardedForHeaders).split(",", -1));
        for (String hop : hops.reversed()) {
            Optional<InetAddress> address = parseHop(hop.strip());
            if (address.isEmpty()) {
                break;
            }
            client = address.get();
            if (!proxies.contains(client)) {
                break;
            }
        }
        return IpAddresses.text(client);
    }

    /** An address, or an address with a port, which some proxies add: {@code 192.0.2.1:567}, {@code [2001:db8::1]:567}. */
    private static Optional<InetAddress> parseHop(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            boolean bracketed = end > 0 && hop.substring(0, end).indexOf(':') >= 0 && isPortOrNothing(hop, end + 1);
            return bracketed ? IpAddresses.parse(hop.substring(1, end)) : Optional.empty();
        }
        int colon = hop.indexOf(':');
        if (colon >= 0 && colon == hop.lastIndexOf(':')) {
            return isPortOrNothing(hop, colon) ? IpAddresses.parse(hop.substring(0, colon)) : Optional.empty();
        }
        return IpAddresses.parse(hop);
    }

    private static boolean isPortOrNothing(String hop, int from) {
        return from == hop.length()
                || (hop.charAt(from) == ':' && IpAddresses.decimal(hop.substring(from + 1), 65_535) >= 0);
    }
}
