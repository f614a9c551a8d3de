package dev.latchkey.gatecheck;

import java.util.regex.Pattern;

/** The access token that is tried. */
public final class BearerToken {

    /** RFC 6750, 2.1. Security: whatever else stood here would become a part of the request. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    /** No server takes a longer header. */
    private static final int LONGEST = 16 * 1024;

    private final String value;

    private BearerToken(String value) {
        this.value = value;
    }

    /** Blanks and line breaks around it do not count. */
    public static Parsed<BearerToken> parse(String text) {
        String value = text.strip();
        if (value.isEmpty()) {
            return new Parsed.Invalid<>("There is no token where it should be.");
        }
        return value.length() <= LONGEST && FORM.matcher(value).matches()
                ? new Parsed.Valid<>(new BearerToken(value))
                : new Parsed.Invalid<>("What should be the token is none: it has to be one word of letters, digits"
                        + " and - . _ ~ + / =, without \"Bearer\" before it.");
    }

    String value() {
        return value;
    }

    /** The same but for one letter of its signature, the first: the last one may hold bits that do not count. */
    String altered() {
        int dot = value.lastIndexOf('.');
        int at = dot >= 0 && dot < value.length() - 1 ? dot + 1 : value.length() / 2;
        return value.substring(0, at) + (value.charAt(at) == 'A' ? 'B' : 'A') + value.substring(at + 1);
    }

    @Override
    public String toString() {
        return "BearerToken[hidden]";
    }
}
