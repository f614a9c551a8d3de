package dev.latchkey.betterauth;

import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordError;
import java.util.List;

/** Refusals of passwords. Better Auth reports one error at a time, so the first is taken. */
final class PasswordErrors {

    private PasswordErrors() {}

    /** The response to a new password that does not satisfy the policy. */
    static BetterAuthResponse invalid(List<PasswordError> errors) {
        return switch (errors.getFirst()) {
            case PasswordError.Missing _, PasswordError.TooShort _ ->
                BetterAuthResponse.refused(ErrorCode.PASSWORD_TOO_SHORT);
            case PasswordError.TooLong _ -> BetterAuthResponse.refused(ErrorCode.PASSWORD_TOO_LONG);
            case PasswordError.Common _, PasswordError.ResemblesAddress _ ->
                BetterAuthResponse.refused(ErrorCode.PASSWORD_COMPROMISED);
            case PasswordError.Breached _ -> BetterAuthResponse.refused(ErrorCode.BREACHED_PASSWORD);
            case PasswordError.NotText _ -> invalid("Password must be Unicode text");
            case PasswordError.NeedsUpper _ -> invalid("Password must have an upper case letter");
            case PasswordError.NeedsLower _ -> invalid("Password must have a lower case letter");
            case PasswordError.NeedsDigit _ -> invalid("Password must have a digit");
        };
    }

    /** The response to a wrong password; one that is longer than any user's is reported as such. */
    static BetterAuthResponse wrong(Password password) {
        return BetterAuthResponse.refused(
                password.length() > Password.MAXIMUM_LENGTH ? ErrorCode.PASSWORD_TOO_LONG : ErrorCode.INVALID_PASSWORD);
    }

    private static BetterAuthResponse invalid(String message) {
        return BetterAuthResponse.refused(400, "INVALID_PASSWORD", message);
    }
}
