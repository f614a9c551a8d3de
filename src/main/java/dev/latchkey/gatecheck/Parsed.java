package dev.latchkey.gatecheck;

/** The result of parsing what the operator entered. */
public sealed interface Parsed<T> {

    record Valid<T>(T value) implements Parsed<T> {}

    /** Unusable input. The message says why, and quotes nothing that might be secret. */
    record Invalid<T>(String message) implements Parsed<T> {}
}
