package dev.latchkey.gate;

/** Whom a rule lets pass. */
public sealed interface Allow {

    /** The user whom the parameter of this name says, and nobody else; no administrator either. */
    record Owner(String parameter) implements Allow {}

    /** Every user. */
    record Authenticated() implements Allow {}

    /** Users with this role. */
    record Role(String name) implements Allow {}

    /** Everybody. */
    record Everybody() implements Allow {}

    /** As the settings have it. */
    default String word() {
        return switch (this) {
            case Owner _ -> "owner";
            case Authenticated _ -> "authenticated";
            case Role(String name) -> "role:" + name;
            case Everybody _ -> "public";
        };
    }
}
