package dev.latchkey.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;

/** Public keys, each as a JWK. */
@RegisterForReflection
public record JwksResponse(List<Map<String, Object>> keys) {}
