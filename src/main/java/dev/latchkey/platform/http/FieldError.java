package dev.latchkey.platform.http;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** One field of a request that is not acceptable, why, and what to change. */
@RegisterForReflection
public record FieldError(String field, String code, String message) {}
