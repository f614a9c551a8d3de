package dev.latchkey.userimport;

import java.util.Set;

/** Where another system's database is: a JDBC URL of PostgreSQL with nothing in it that does more than connect. */
public record SourceUrl(String text) {

    private static final String PREFIX = "jdbc:postgresql:";

    // Security: the driver takes names of classes and files for others, and a password in an argument is everybody's.
    private static final Set<String> PROPERTIES = Set.of(
            "user",
            "currentSchema",
            "sslmode",
            "sslrootcert",
            "sslcert",
            "sslkey",
            "sslNegotiation",
            "channelBinding",
            "gssEncMode",
            "targetServerType",
            "options",
            "prepareThreshold",
            "socketTimeout");

    /** What came of reading one. */
    public sealed interface Parsed {

        record Valid(SourceUrl url) implements Parsed {}

        record Invalid(String sentence) implements Parsed {}
    }

    /** Security: the sentence does not repeat the URL, in which there may be a password. */
    public static Parsed parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return new Parsed.Invalid("The source is a URL that begins with " + PREFIX
                    + ", such as jdbc:postgresql://db.example.com/app.");
        }
        int query = text.indexOf('?');
        String place = query < 0 ? text : text.substring(0, query);
        if (place.contains("@")) {
            return new Parsed.Invalid(
                    "The source's URL has no user or password before its host; use --user and --password-file.");
        }
        if (query >= 0) {
            for (String property : text.substring(query + 1).split("&", -1)) {
                String name = property.split("=", 2)[0];
                if (name.equals("password")) {
                    return new Parsed.Invalid("The password is no part of the URL, for everybody on the machine sees"
                            + " arguments: use --password-file or LATCHKEY_IMPORT_PASSWORD.");
                }
                if (!PROPERTIES.contains(name)) {
                    return new Parsed.Invalid("The source's URL may set "
                            + String.join(", ", PROPERTIES.stream().sorted().toList()) + ", and nothing else.");
                }
            }
        }
        return new Parsed.Valid(new SourceUrl(text));
    }
}
