package dev.latchkey.signin;

import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.key.Secrets;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.Encodings;
import dev.latchkey.platform.crypto.HmacSha256;
import dev.latchkey.platform.crypto.RandomTokens;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.DeviceCookie;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Devices that have signed in to an account before. They are recognised by a signed cookie, and may try its password while
 * others may not, so that nobody can keep a user out by failing on purpose.
 *
 * <p>The cookie lists the latest few accounts of a device: for each a random id, tags of the e-mail address and of the
 * credential, and an expiry. A change or reset of the password makes the tag of the credential another one. The tag of the
 * address tells without the database whether the cookie is for the account that is tried.
 */
@ApplicationScoped
public class KnownDevices {

    private static final int MAX_ACCOUNTS = 5;
    private static final int ID_BYTES = 12;

    /** Half of an HMAC-SHA-256, which RFC 2104, section 5, allows. */
    private static final int TAG_BYTES = 16;

    private static final int FIELDS = 4;
    private static final char SEPARATOR = '.';

    /** The keys of cookies and their tags, the one that makes them first: a previous secret still recognises its own. */
    private final List<HmacSha256> keys;

    private final Clock clock;

    KnownDevices(Secrets secrets, Clock clock) {
        this.keys =
                secrets.deriveAll("known-devices").stream().map(HmacSha256::new).toList();
        this.clock = clock;
    }

    /** A device that has signed in to the account with an address, while its password was a certain one. */
    public record Device(String id, String addressTag, String credentialTag, long expiresAt) {

        private String text() {
            return id + SEPARATOR + addressTag + SEPARATOR + credentialTag + SEPARATOR + expiresAt;
        }

        @Override
        public String toString() {
            return "Device[hidden]";
        }
    }

    /** The value of the cookie that a device gets. */
    public record Cookie(String value) {

        @Override
        public String toString() {
            return "Cookie[hidden]";
        }
    }

    /** Returns the device that a client claims to be for an account; its credential is still to be confirmed. */
    Optional<Device> find(EmailAddress email, Client client) {
        if (client.deviceCookie().isEmpty()) {
            return Optional.empty();
        }
        List<String> tags = addressTags(email);
        return read(client.deviceCookie()).stream()
                .filter(device -> tags.contains(device.addressTag()))
                .findFirst();
    }

    /** Returns whether a client has an authentic cookie, for whatever account. */
    boolean isAuthentic(Client client) {
        return !client.deviceCookie().isEmpty() && !read(client.deviceCookie()).isEmpty();
    }

    /** Returns whether a device signed in to this very account with the password that it still has. */
    boolean isKnown(Device device, @Nullable Credential credential) {
        return credential != null
                && keys.stream().anyMatch(key -> credentialTag(key, credential).equals(device.credentialTag()));
    }

    /** Makes the cookie of a device whose user has proven in another way than by password that the account is theirs. */
    public Cookie issue(EmailAddress email, Credential credential, Client client) {
        Device known = find(email, client)
                .filter(device -> isKnown(device, credential))
                .orElse(null);
        return issue(email, credential, known, client);
    }

    /**
     * Makes the cookie of a device that has signed in.
     *
     * @param device the device that it was known as for this account, which it stays; none if it was not known
     */
    public Cookie issue(EmailAddress email, Credential credential, @Nullable Device device, Client client) {
        HmacSha256 key = keys.getFirst();
        List<String> tags = addressTags(email);
        List<Device> devices = new ArrayList<>();
        devices.add(new Device(
                device == null ? Encodings.base64Url(RandomTokens.bytes(ID_BYTES)) : device.id(),
                tags.getFirst(),
                credentialTag(key, credential),
                clock.instant().plus(DeviceCookie.LIFETIME).getEpochSecond()));
        read(client.deviceCookie()).stream()
                .filter(other -> !tags.contains(other.addressTag()))
                .limit(MAX_ACCOUNTS - 1)
                .forEach(devices::add);
        String text = String.join(
                String.valueOf(SEPARATOR), devices.stream().map(Device::text).toList());
        return new Cookie(text + SEPARATOR + mac(key, text));
    }

    /** Reads an authentic cookie: its devices that have not expired; none if it is not authentic. */
    private List<Device> read(String cookie) {
        int end = cookie.lastIndexOf(SEPARATOR);
        if (end < 0) {
            return List.of();
        }
        String text = cookie.substring(0, end);
        // Security: compared as text, so that no second spelling of the same octets passes; and in constant time.
        byte[] mac = cookie.substring(end + 1).getBytes(StandardCharsets.UTF_8);
        if (keys.stream().noneMatch(key -> Digests.areEqual(mac(key, text).getBytes(StandardCharsets.US_ASCII), mac))) {
            return List.of();
        }
        String[] fields = text.split("\\.", -1);
        Instant now = clock.instant();
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i + FIELDS <= fields.length; i += FIELDS) {
            Device device = new Device(fields[i], fields[i + 1], fields[i + 2], Long.parseLong(fields[i + 3]));
            if (now.getEpochSecond() < device.expiresAt()) {
                devices.add(device);
            }
        }
        return devices;
    }

    private static String mac(HmacSha256 key, String text) {
        return Encodings.base64Url(key.of("cookie\0" + text));
    }

    private List<String> addressTags(EmailAddress email) {
        return keys.stream().map(key -> addressTag(key, email)).toList();
    }

    private static String addressTag(HmacSha256 key, EmailAddress email) {
        return tag(key, "address\0" + email.canonical());
    }

    private static String credentialTag(HmacSha256 key, Credential credential) {
        return tag(key, "credential\0" + credential.user().value() + "\0" + credential.version());
    }

    private static String tag(HmacSha256 key, String text) {
        return Encodings.base64Url(Arrays.copyOf(key.of(text), TAG_BYTES));
    }
}
