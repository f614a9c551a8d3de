package dev.latchkey.platform.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The client of a request, as far as its claims can be trusted.
 *
 * @param ip the client's address in its canonical text form, or empty when unknown
 * @param userAgent the User-Agent header, shortened, without control characters; empty without one
 * @param deviceCookie the cookie by which the client may prove to be a known device, not yet verified; empty without one
 * @param languages the languages that its user prefers
 */
public record Client(String ip, String userAgent, String deviceCookie, PreferredLanguages languages) {

    /** The client of work that no request caused. */
    public static final Client NONE = new Client("", "");

    private static final int USER_AGENT_LENGTH = 300;
    private static final int LONGEST_ADDRESS = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length();
    private static final Pattern LITERAL = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** Half of an IPv6 address: what one subscriber has at least. */
    private static final int NETWORK_BYTES = 8;

    /** What a customer of a hosting provider or a tunnel broker often has: 65,536 networks. */
    private static final int SITE_BYTES = 6;

    /** A client that says nothing about its languages. */
    public Client(String ip, String userAgent, String deviceCookie) {
        this(ip, userAgent, deviceCookie, PreferredLanguages.NONE);
    }

    /** A client without a device cookie. */
    public Client(String ip, String userAgent) {
        this(ip, userAgent, "");
    }

    /** A client with this address and User-Agent header. */
    public static Client of(String ip, @Nullable String userAgent) {
        return new Client(ip, userAgent == null ? "" : shown(userAgent));
    }

    /** A client as another system has recorded it; an address that cannot be parsed becomes unknown. */
    public static Client noted(@Nullable String ip, @Nullable String userAgent) {
        return of(ip == null ? "" : literal(ip), userAgent);
    }

    /** The same client with a device cookie and preferred languages. */
    Client with(String cookie, PreferredLanguages preferred) {
        return new Client(ip, userAgent, cookie, preferred);
    }

    /** The network that one party can be assumed to control: an IPv4 address, or the /64 of an IPv6 one. */
    public String network() {
        return prefix(NETWORK_BYTES).orElse(ip);
    }

    /** The /48 of an IPv6 address, which one party may control too; empty for an IPv4 address. */
    public Optional<String> site() {
        return prefix(SITE_BYTES);
    }

    private Optional<String> prefix(int bytes) {
        if (ip.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            byte[] address = InetAddress.ofLiteral(ip).getAddress();
            Arrays.fill(address, bytes, address.length, (byte) 0);
            return Optional.of(Inet6Address.getByAddress(address).getHostAddress() + "/" + bytes * Byte.SIZE);
        } catch (IllegalArgumentException | UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "Client[" + ip + ", " + userAgent + "]";
    }

    /** The text without what a log, a page or PostgreSQL would choke on, cut between characters. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && shown.length() < USER_AGENT_LENGTH; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean fits = shown.length() + Character.charCount(c) <= USER_AGENT_LENGTH;
            if (fits && PlainText.isPlain(c)) {
                shown.appendCodePoint(c);
            }
        }
        return shown.toString();
    }

    private static String literal(String text) {
        boolean plausible =
                text.length() <= LONGEST_ADDRESS && LITERAL.matcher(text).matches();
        try {
            return plausible && InetAddress.ofLiteral(text) instanceof Inet6Address
                    ? text.toLowerCase(Locale.ROOT)
                    : plausible ? InetAddress.ofLiteral(text).getHostAddress() : "";
        } catch (IllegalArgumentException notAnAddress) {
            return "";
        }
    }
}
