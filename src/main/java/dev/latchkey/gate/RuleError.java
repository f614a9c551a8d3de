package dev.latchkey.gate;

/**
 * What is wrong with a rule.
 *
 * @param property the setting that it stands in
 * @param message what to do about it
 */
public record RuleError(String property, String message) {}
