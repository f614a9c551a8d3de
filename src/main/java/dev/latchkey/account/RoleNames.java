package dev.latchkey.account;

import java.util.Collection;
import java.util.regex.Pattern;

/**
 * Checks the roles that are given to users: bounded, since each of their tokens names all of them, and without what separates
 * them in a header of the gate.
 */
public final class RoleNames {

    /** The role that opens administration. */
    public static final String ADMINISTRATOR = "admin";

    public static final int MAX_ROLES = 20;
    public static final int MAX_LENGTH = 64;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0," + (MAX_LENGTH - 1) + "}");

    private RoleNames() {}

    /** Returns whether a user can have these roles. */
    public static boolean areValid(Collection<String> roles) {
        return roles.size() <= MAX_ROLES && roles.stream().allMatch(RoleNames::isValid);
    }

    /** Returns whether a role can have this name. */
    public static boolean isValid(String role) {
        return NAME.matcher(role).matches();
    }
}
