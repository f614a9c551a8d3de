package dev.latchkey.gate;

/** Whom a rule lets pass. */
public sealed interface Requirement {

    /** The user whom the parameter of this name says, and nobody else; no administrator either. */
    record Owner(String parameter) implements Requirement {}

    /** Every user. */
    record Authenticated() implements Requirement {}

    /** Users with this role. */
    record Role(String name) implements Requirement {}

    /** Everybody. */
    record Everybody() implements Requirement {}

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
