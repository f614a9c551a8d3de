package dev.latchkey.ops;

/** What happens first when the process starts; the lower number comes first. */
final class StartOrder {

    static final int LOG_FORMAT = 1;
    static final int BOOT_CHECKS = 2;
    static final int MIGRATIONS = 3;
    static final int DATABASE_WATCH = 4;

    /** After the beans that start with the service (2500), each of which may refuse a setting. */
    static final int JOBS = 3000;

    private StartOrder() {}
}
