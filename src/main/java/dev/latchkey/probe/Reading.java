package dev.latchkey.probe;

/** What came of reading something that an operator wrote. */
public sealed interface Reading<T> {

    record Fit<T>(T value) implements Reading<T> {}

    /** It cannot be used; the sentence says why, and quotes nothing that might be secret. */
    record Unfit<T>(String sentence) implements Reading<T> {}
}
