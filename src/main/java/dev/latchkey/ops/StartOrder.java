package dev.latchkey.ops;

/** What happens first when the process starts; the lower number comes first. */
final class StartOrder {

    static final int LOG_FORMAT = 1;
    static final int BOOT_CHECKS = 2;

    // After the beans that start with the service (2500), each of which may refuse a setting: what works in the
    // background has no business beside the end of the boot.
    static final int MIGRATIONS = 3000;
    static final int DATABASE_WATCH = 3001;
    static final int JOBS = 3002;

    private StartOrder() {}
}
