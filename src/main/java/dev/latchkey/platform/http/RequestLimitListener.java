package dev.latchkey.platform.http;

/** Learns of requests that exceeded the request limit of their client. */
public interface RequestLimitListener {

    /** Called on an event loop, so it must not wait; with the path as {@link CanonicalPath#route} makes it. */
    void refused(String method, String path, Client client);
}
