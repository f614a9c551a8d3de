package dev.latchkey.moving;

/** Is told how an import goes. */
public interface Witness {

    /** So many have been read, and what became of them is settled. */
    void passed(long read, long total);

    void noted(Note note);
}
