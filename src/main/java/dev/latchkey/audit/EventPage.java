package dev.latchkey.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some events, newest first, and where the next page begins if there is one. */
public record EventPage(
        List<RecordedEvent> events, @Nullable EventCursor next) {}
