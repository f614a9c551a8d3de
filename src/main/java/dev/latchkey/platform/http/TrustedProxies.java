package dev.latchkey.platform.http;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** The addresses of the proxies that are trusted to name their clients. */
@Singleton
public final class TrustedProxies {

    private final List<Network> networks;

    @Inject
    TrustedProxies(HttpConfig config) {
        this(config.trustedProxies().orElse(List.of()));
    }

    private TrustedProxies(List<String> entries) {
        this.networks = entries.stream()
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .map(Network::parse)
                .toList();
    }

    /**
     * Reads addresses and CIDR networks; blank entries are skipped.
     *
     * @throws IllegalArgumentException if an entry is neither, with a message for the operator
     */
    public static TrustedProxies of(List<String> entries) {
        return new TrustedProxies(entries);
    }

    /** Returns what is wrong with an entry of the setting; empty if it is an address, a network or blank. */
    static Optional<String> error(String entry) {
        try {
            TrustedProxies unused = of(List.of(entry));
            return Optional.empty();
        } catch (IllegalArgumentException unreadable) {
            return Optional.of(String.valueOf(unreadable.getMessage()));
        }
    }

    /** Returns whether the address belongs to a trusted proxy. */
    public boolean contains(InetAddress address) {
        byte[] octets = IpAddresses.octets(address);
        return networks.stream().anyMatch(network -> network.contains(octets));
    }

    private record Network(InetAddress base, int prefix) {

        /** Bits in front of the IPv4 address inside an IPv4-mapped one. */
        private static final int MAPPED_BITS = 96;

        static Network parse(String entry) {
            int slash = entry.indexOf('/');
            String literal = slash < 0 ? entry : entry.substring(0, slash);
            // Security: a host name would make trust depend on DNS, at start and never again.
            InetAddress address = IpAddresses.parse(literal)
                    .orElseThrow(() -> refusal(entry, "not an IP address or CIDR network (host names are not taken)"));
            int bits = IpAddresses.octets(address).length * 8;
            if (slash < 0) {
                return new Network(address, bits);
            }
            int prefix = IpAddresses.decimal(entry.substring(slash + 1), 128);
            if (bits == 32 && literal.indexOf(':') >= 0 && prefix >= 0) {
                prefix -= MAPPED_BITS;
            }
            if (prefix < 0 || prefix > bits) {
                throw refusal(entry, "the number after the slash does not fit the address");
            }
            // Security: any peer could then claim any client address, and ask the gate.
            if (prefix == 0) {
                throw refusal(
                        entry, "contains every address; name the networks of the proxies in front, such as 10.0.0.0/8");
            }
            return new Network(address, prefix);
        }

        boolean contains(byte[] other) {
            byte[] octets = IpAddresses.octets(base);
            if (other.length != octets.length) {
                return false;
            }
            for (int i = 0, bits = prefix; bits > 0; i++, bits -= 8) {
                int mask = bits >= 8 ? 0xFF : 0xFF << (8 - bits) & 0xFF;
                if (((octets[i] ^ other[i]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }

        private static IllegalArgumentException refusal(String entry, String why) {
            return new IllegalArgumentException("\"%s\": %s".formatted(entry, why));
        }
    }
}
