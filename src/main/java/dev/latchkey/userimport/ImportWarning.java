package dev.latchkey.userimport;

/**
 * A warning about one user. Security: it holds no e-mail address and nothing of a password.
 *
 * @param detail what to look at or to change; may be empty
 */
public record ImportWarning(SourceLocation place, ImportReason reason, String detail) {}
