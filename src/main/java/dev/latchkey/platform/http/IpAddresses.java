package dev.latchkey.platform.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** Parses IP addresses strictly, without look-ups, and writes them in the one form of RFC 5952. */
public final class IpAddresses {

    private static final int LONGEST = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length();

    private IpAddresses() {}

    /**
     * The address, if the text is a dotted quad or an IPv6 literal without brackets and zone; an IPv4-mapped one becomes
     * IPv4.
     */
    public static Optional<InetAddress> parse(String text) {
        if (text.length() > LONGEST || !text.chars().allMatch(IpAddresses::isPart)) {
            return Optional.empty();
        }
        // Security: the JDK also reads 10.1, 0x7f.1 and 010.0.0.1, each differently from some proxy. Only four plain
        // decimal numbers are an IPv4 address here, also at the end of an IPv6 one.
        String quad = text.substring(text.lastIndexOf(':') + 1);
        if ((text.indexOf(':') < 0 || text.indexOf('.') >= 0) && !isQuad(quad)) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    private static boolean isPart(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
    }

    private static boolean isQuad(String text) {
        String[] numbers = text.split("\\.", -1);
        if (numbers.length != 4) {
            return false;
        }
        for (String number : numbers) {
            if (decimal(number, 255) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The number if it is written in plain decimal digits without a leading zero and within the limit, else -1. */
    public static int decimal(String text, int limit) {
        boolean plain = !text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
        int number = plain ? Integer.parseInt(text) : -1;
        return number <= limit ? number : -1;
    }

    /** Returns whether a host, as written in a URL or a setting, is a loopback address or {@code localhost}. */
    public static boolean isLoopback(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return host.equalsIgnoreCase("localhost")
                || parse(bracketed ? host.substring(1, host.length() - 1) : host)
                        .filter(InetAddress::isLoopbackAddress)
                        .isPresent();
    }

    /** The octets, four of them also for an IPv4-mapped address. */
    public static byte[] octets(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == 16 && isMapped(octets) ? Arrays.copyOfRange(octets, 12, 16) : octets;
    }

    private static boolean isMapped(byte[] octets) {
        for (int i = 0; i < 10; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return octets[10] == (byte) 0xFF && octets[11] == (byte) 0xFF;
    }

    /** The canonical text: a dotted quad, or RFC 5952 without a zone. */
    public static String text(InetAddress address) {
        try {
            return NetUtil.toAddressString(InetAddress.getByAddress(octets(address)));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
