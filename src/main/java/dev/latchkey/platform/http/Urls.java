package dev.latchkey.platform.http;

/** Changes of URLs as texts, which need not be parsed for them. */
public final class Urls {

    private Urls() {}

    /** Adds a query parameter to a URL. */
    public static String withParameter(String url, String name, String value) {
        int end = url.indexOf('#');
        String beforeFragment = end < 0 ? url : url.substring(0, end);
        String fragment = end < 0 ? "" : url.substring(end);
        return beforeFragment + (beforeFragment.indexOf('?') < 0 ? "?" : "&") + name + "="
                + PercentEncoding.encodeValue(value) + fragment;
    }

    /** Returns a URL as it can stand in a {@code Location} header: what is not printable ASCII is percent-encoded. */
    public static String ascii(String url) {
        return PercentEncoding.encode(url, c -> c > ' ' && c < 0x7F);
    }
}
