package dev.latchkey.platform.boot;

/** What happens first when the process starts; the lower number comes first. */
public final class StartOrder {

    public static final int LOG_FORMAT = 1;
    static final int CONFIGURATION_CHECKS = 2;

    // After the beans that start with the service (2500), each of which may refuse a setting: what works in the
    // background has no business beside the end of the boot.
    public static final int MIGRATIONS = 3000;
    public static final int DATABASE_WATCH = 3001;
    public static final int JOBS = 3002;

    private StartOrder() {}
}
