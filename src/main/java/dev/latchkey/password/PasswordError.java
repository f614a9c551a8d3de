package dev.latchkey.password;

/** A reason why a password may not be chosen, with the numbers that a message to the user needs. */
public sealed interface PasswordError {

    record Missing() implements PasswordError {}

    record NotText() implements PasswordError {}

    record TooShort(int minimum) implements PasswordError {}

    record TooLong(int maximum) implements PasswordError {}

    record Common() implements PasswordError {}

    /** It is known from a breach of another service. */
    record Breached() implements PasswordError {}

    record ResemblesAddress() implements PasswordError {}

    record NeedsUpper() implements PasswordError {}

    record NeedsLower() implements PasswordError {}

    record NeedsDigit() implements PasswordError {}
}
