package dev.latchkey.userimport;

/**
 * Something that an operator should know of one user; it holds no address of a person and nothing of a password.
 *
 * @param detail what to look at or to change; may be empty
 */
public record ImportWarning(SourceLocation place, ImportReason reason, String detail) {}
