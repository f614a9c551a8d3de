package dev.latchkey.userimport;

/** Observes an import. */
public interface ImportListener {

    /** So many users have been read and handled; the total is 0 if it is not known. */
    void onProgress(long read, long total);

    void onWarning(ImportWarning note);
}
