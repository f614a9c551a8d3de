package dev.latchkey.gatecheck;

/** What came of reading something that an operator wrote. */
public sealed interface Parsed<T> {

    record Valid<T>(T value) implements Parsed<T> {}

    /** It cannot be used; the sentence says why, and quotes nothing that might be secret. */
    record Invalid<T>(String message) implements Parsed<T> {}
}
