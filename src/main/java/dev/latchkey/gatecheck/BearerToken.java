package dev.latchkey.gatecheck;

import java.util.regex.Pattern;

/** The access token with which the deployment is tested. */
public final class BearerToken {

    /** The characters of RFC 6750, 2.1. Security: any others would become a part of the request. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    /** No server takes a longer header. */
    private static final int MAX_LENGTH = 16 * 1024;

    private final String value;

    private BearerToken(String value) {
        this.value = value;
    }

    /** Parses a token, with any white space around it. */
    public static Parsed<BearerToken> parse(String text) {
        String value = text.strip();
        if (value.isEmpty()) {
            return new Parsed.Invalid<>("There is no token: the file or the input is empty.");
        }
        return value.length() <= MAX_LENGTH && FORM.matcher(value).matches()
                ? new Parsed.Valid<>(new BearerToken(value))
                : new Parsed.Invalid<>(
                        "The token is not valid: it must be one word of letters, digits and - . _ ~ + / =,"
                                + " without \"Bearer\" before it.");
    }

    String value() {
        return value;
    }

    /** The token with the first letter of its signature changed. The last letter may hold bits that no decoder reads. */
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
