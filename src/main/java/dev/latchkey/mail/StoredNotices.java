package dev.latchkey.mail;

import dev.latchkey.mail.EmailMessage.Notice;
import dev.latchkey.platform.http.PreferredLanguages;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Notices as the database stores them: a kind, the languages, and the other fields by name. */
final class StoredNotices {

    private static final String EMAIL_CHANGE_UNDONE = "email_change_undone";
    private static final String NEW_DEVICE = "new_device";
    private static final String PASSWORD_CHANGED = "password_changed";

    /** The kinds of all notices. */
    static final Set<String> KINDS = Set.of(EMAIL_CHANGE_UNDONE, NEW_DEVICE, PASSWORD_CHANGED);

    private StoredNotices() {}

    static String kind(Notice notice) {
        return switch (notice) {
            case EmailMessage.EmailChangeUndone _ -> EMAIL_CHANGE_UNDONE;
            case EmailMessage.NewDevice _ -> NEW_DEVICE;
            case EmailMessage.PasswordChanged _ -> PASSWORD_CHANGED;
        };
    }

    static Map<String, String> details(Notice notice) {
        return switch (notice) {
            case EmailMessage.EmailChangeUndone undone -> Map.of("site", undone.site());
            case EmailMessage.NewDevice device -> details(device.site(), device.request());
            case EmailMessage.PasswordChanged changed -> details(changed.site(), changed.request());
        };
    }

    /** Reads a notice; empty if the kind is of another release. */
    static Optional<Notice> read(String kind, PreferredLanguages languages, Map<String, String> details) {
        return switch (kind) {
            case EMAIL_CHANGE_UNDONE ->
                Optional.of(new EmailMessage.EmailChangeUndone(languages, field(details, "site")));
            case NEW_DEVICE ->
                Optional.of(new EmailMessage.NewDevice(languages, field(details, "site"), request(details)));
            case PASSWORD_CHANGED ->
                Optional.of(new EmailMessage.PasswordChanged(languages, field(details, "site"), request(details)));
            default -> Optional.empty();
        };
    }

    private static Map<String, String> details(String site, RequestDetails request) {
        return Map.of(
                "site", site,
                "at", request.at().toString(),
                "address", request.address(),
                "browser", request.browser());
    }

    private static RequestDetails request(Map<String, String> details) {
        return new RequestDetails(
                Instant.parse(field(details, "at")), field(details, "address"), field(details, "browser"));
    }

    private static String field(Map<String, String> details, String name) {
        return Objects.requireNonNull(details.get(name), name);
    }
}
