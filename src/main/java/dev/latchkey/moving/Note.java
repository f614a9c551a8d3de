package dev.latchkey.moving;

/**
 * Something that an operator should know of one user; it holds no address of a person and nothing of a password.
 *
 * @param detail what to look at or to change; may be empty
 */
public record Note(Place place, Reason reason, String detail) {}
