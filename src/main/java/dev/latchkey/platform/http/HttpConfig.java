package dev.latchkey.platform.http;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where the service is reached, which proxies and front ends are trusted, how many requests a client may send, and how large
 * and slow a request body may be.
 */
@ConfigMapping(prefix = "latchkey.http")
public interface HttpConfig {

    /** The origin under which clients reach the service ({@code LATCHKEY_PUBLIC_URL}). Required in production. */
    @WithDefault("${LATCHKEY_PUBLIC_URL:}")
    Optional<String> publicUrl();

    /**
     * Addresses or CIDR networks of the proxies in front of this service ({@code LATCHKEY_TRUSTED_PROXIES}, comma
     * separated, no host names). Only from these is {@code X-Forwarded-For} trusted. Empty: from none.
     */
    @WithDefault("${LATCHKEY_TRUSTED_PROXIES:}")
    Optional<List<String>> trustedProxies();

    /**
     * Origins of front ends besides the public URL's own ({@code LATCHKEY_TRUSTED_ORIGINS}, comma separated), each
     * exactly as a browser sends it: {@code https://app.example.com}, without path or wildcard.
     */
    @WithDefault("${LATCHKEY_TRUSTED_ORIGINS:}")
    Optional<List<String>> trustedOrigins();

    /** Requests a minute from one client address (IPv6: one /64), to all routes of this replica; 0 for no limit. */
    @WithDefault("600")
    int requestLimit();

    /** Whether the requests of a client address are limited at all ({@code LATCHKEY_THROTTLE_ENABLED}). */
    @WithDefault("${LATCHKEY_THROTTLE_ENABLED:true}")
    boolean requestLimitEnabled();

    /** How many times the limit of one client address an IPv6 /48 has in all: in this limit and in those of sign-in. */
    @WithDefault("20")
    int ipv6SiteFactor();

    /** How many requests may be in flight at once, from their head to the end of their response; further ones get 503. */
    @WithDefault("1000")
    int maxRequests();

    /** Limits on request heads: the request line and the headers. */
    Head head();

    /** Limits on request heads. */
    interface Head {

        /** How long a client may take from its connection, or from the first byte of a further request, to the end of the head. */
        @WithDefault("10s")
        Duration timeout();

        /**
         * The memory that the heads of all connections may take; a client with a long head is refused with 503 beyond it. One client
         * network may take a tenth of it with unfinished heads, and half of it in all.
         */
        @WithDefault("8M")
        MemorySize memory();
    }

    /** Limits on request bodies. */
    Body body();

    /** Limits on request bodies. */
    interface Body {

        /** The largest request body that is accepted. */
        @WithDefault("64K")
        MemorySize limit();

        /** How long a client may take to send a request body. */
        @WithDefault("10s")
        Duration timeout();

        /** How long a client may take until the first byte of a body. */
        @WithDefault("3s")
        Duration startTimeout();

        /** The memory that the bodies of all requests in flight may take; a client with a large one is refused with 503 beyond it. */
        @WithDefault("4M")
        MemorySize memory();

        /**
         * How many request bodies may be read at once; further requests are refused with 503. One client network may hold
         * half of these places, and a tenth for longer than two seconds.
         */
        @WithDefault("1000")
        int maxConcurrent();
    }
}
