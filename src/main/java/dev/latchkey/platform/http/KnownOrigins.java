package dev.latchkey.platform.http;

/** The origins whose scripts may read our answers. */
@FunctionalInterface
public interface KnownOrigins {

    boolean contains(String origin);
}
