package dev.latchkey.betterauth;

import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordError;
import java.util.List;

/** What is wrong with a password, of which this dialect tells one thing at a time. */
final class PasswordErrors {

    private PasswordErrors() {}

    static BetterAuthResponse refused(List<PasswordError> faults) {
        return switch (faults.getFirst()) {
            case PasswordError.Missing ignored -> BetterAuthResponse.refused(ErrorCode.PASSWORD_TOO_SHORT);
            case PasswordError.TooShort ignored -> BetterAuthResponse.refused(ErrorCode.PASSWORD_TOO_SHORT);
            case PasswordError.TooLong ignored -> BetterAuthResponse.refused(ErrorCode.PASSWORD_TOO_LONG);
            case PasswordError.Common ignored -> BetterAuthResponse.refused(ErrorCode.PASSWORD_COMPROMISED);
            case PasswordError.ResemblesAddress ignored -> BetterAuthResponse.refused(ErrorCode.PASSWORD_COMPROMISED);
            case PasswordError.NotText ignored -> weak("Password must be Unicode text");
            case PasswordError.NeedsUpper ignored -> weak("Password must have an upper case letter");
            case PasswordError.NeedsLower ignored -> weak("Password must have a lower case letter");
            case PasswordError.NeedsDigit ignored -> weak("Password must have a digit");
        };
    }

    /** A wrong password, of which one that nobody can have is told apart. */
    static BetterAuthResponse wrong(Password password) {
        return BetterAuthResponse.refused(
                password.length() > Password.MAXIMUM_LENGTH ? ErrorCode.PASSWORD_TOO_LONG : ErrorCode.INVALID_PASSWORD);
    }

    private static BetterAuthResponse weak(String message) {
        return BetterAuthResponse.refused(400, "INVALID_PASSWORD", message);
    }
}
