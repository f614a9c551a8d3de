package dev.latchkey.ops;

/** The origins whose scripts may read our answers. */
@FunctionalInterface
interface KnownOrigins {

    boolean contains(String origin);
}
