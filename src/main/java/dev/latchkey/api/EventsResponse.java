package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.audit.EventPage;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of what happened to an account, newest first. */
@JsonNaming(SnakeCaseStrategy.class)
@RegisterForReflection
public record EventsResponse(List<Item> events, @Nullable String nextCursor) {

    @RegisterForReflection
    @Schema(name = "Event")
    @JsonNaming(SnakeCaseStrategy.class)
    public record Item(
            String id,
            String type,
            Instant at,
            String ip,
            String userAgent,
            String outcome,
            Map<String, String> details) {}

    static EventsResponse of(EventPage page) {
        List<Item> items = page.events().stream()
                .map(event -> new Item(
                        event.id().toString(),
                        event.type(),
                        event.at(),
                        event.client().ip(),
                        event.client().userAgent(),
                        event.outcome(),
                        event.details()))
                .toList();
        return new EventsResponse(
                items, page.next() == null ? null : page.next().text());
    }
}
