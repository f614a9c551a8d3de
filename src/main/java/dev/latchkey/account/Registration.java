package dev.latchkey.account;

/** Did a new account come to be? */
public sealed interface Registration {

    record Registered(Profile profile) implements Registration {}

    record EmailTaken() implements Registration {}
}
