package dev.latchkey.userimport;

/** Is told how an import goes. */
public interface ImportListener {

    /** So many have been read, and what became of them is settled. */
    void passed(long read, long total);

    void noted(ImportWarning note);
}
