package dev.latchkey.password;

/** A reason why a password may not be chosen, with what is needed to say what to change. */
public sealed interface PasswordFault {

    record Missing() implements PasswordFault {}

    record NotText() implements PasswordFault {}

    record TooShort(int minimum) implements PasswordFault {}

    record TooLong(int maximum) implements PasswordFault {}

    record Common() implements PasswordFault {}

    record ResemblesAddress() implements PasswordFault {}

    record NeedsUpper() implements PasswordFault {}

    record NeedsLower() implements PasswordFault {}

    record NeedsDigit() implements PasswordFault {}
}
