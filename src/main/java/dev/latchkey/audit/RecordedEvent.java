package dev.latchkey.audit;

import dev.latchkey.platform.http.Client;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** An event as it stands on record. */
public record RecordedEvent(
        UUID id, String type, Instant at, Client client, String outcome, Map<String, String> details) {}
