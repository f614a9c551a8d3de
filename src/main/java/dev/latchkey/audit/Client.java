package dev.latchkey.audit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a request came from, as far as that can be believed.
 *
 * @param ip the client's address in its canonical text form, or empty when unknown
 * @param userAgent what the client says of itself, shortened, without control characters; empty when it says nothing
 */
public record Client(String ip, String userAgent) {

    /** For work that no request asked for. */
    public static final Client NONE = new Client("", "");

    /** Half of an IPv6 address: what one subscriber has at least. */
    private static final int NETWORK_BYTES = 8;

    /** The address as far as one party holds it: an IPv4 address, or the /64 of an IPv6 one. */
    public String network() {
        if (ip.indexOf(':') < 0) {
            return ip;
        }
        try {
            byte[] address = InetAddress.ofLiteral(ip).getAddress();
            Arrays.fill(address, NETWORK_BYTES, address.length, (byte) 0);
            return Inet6Address.getByAddress(address).getHostAddress() + "/64";
        } catch (IllegalArgumentException | UnknownHostException notAnAddress) {
            return ip;
        }
    }
}
