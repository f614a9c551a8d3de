package dev.latchkey.cli;

/**
 * One thing to do with the service's settings and data, with all that it needs to know; each group of commands is a sealed
 * interface of its own.
 */
public sealed interface Command permits KeysCommand, ExplainCommand, ImportCommand {}
