package dev.latchkey.betterauth;

import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordFault;
import java.util.List;

/** What is wrong with a password, of which this dialect tells one thing at a time. */
final class PasswordFaults {

    private PasswordFaults() {}

    static Reply refused(List<PasswordFault> faults) {
        return switch (faults.getFirst()) {
            case PasswordFault.Missing ignored -> Reply.refused(ErrorCode.PASSWORD_TOO_SHORT);
            case PasswordFault.TooShort ignored -> Reply.refused(ErrorCode.PASSWORD_TOO_SHORT);
            case PasswordFault.TooLong ignored -> Reply.refused(ErrorCode.PASSWORD_TOO_LONG);
            case PasswordFault.Common ignored -> Reply.refused(ErrorCode.PASSWORD_COMPROMISED);
            case PasswordFault.ResemblesAddress ignored -> Reply.refused(ErrorCode.PASSWORD_COMPROMISED);
            case PasswordFault.NotText ignored -> weak("Password must be Unicode text");
            case PasswordFault.NeedsUpper ignored -> weak("Password must have an upper case letter");
            case PasswordFault.NeedsLower ignored -> weak("Password must have a lower case letter");
            case PasswordFault.NeedsDigit ignored -> weak("Password must have a digit");
        };
    }

    /** A wrong password, of which one that nobody can have is told apart. */
    static Reply wrong(Password password) {
        return Reply.refused(
                password.length() > Password.MAXIMUM_LENGTH ? ErrorCode.PASSWORD_TOO_LONG : ErrorCode.INVALID_PASSWORD);
    }

    private static Reply weak(String message) {
        return Reply.refused(400, "INVALID_PASSWORD", message);
    }
}
