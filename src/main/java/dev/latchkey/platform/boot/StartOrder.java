package dev.latchkey.platform.boot;

/** The order in which parts of the service start; the lower number comes first. */
public final class StartOrder {

    static final int CONFIGURATION_CHECKS = 2;

    // After the beans that start with the service (2500): background work begins once nothing can end the start any
    // more.
    public static final int MIGRATIONS = 3000;
    public static final int DATABASE_WATCH = 3001;
    public static final int JOBS = 3002;

    /** Among what observes that the schema is ready: after the features that load their state (2500). */
    public static final int POOL = 3000;

    private StartOrder() {}
}
