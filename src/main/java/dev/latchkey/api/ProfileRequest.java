package dev.latchkey.api;

import com.fasterxml.jackson.databind.JsonNode;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What to change of a profile. Nodes, because a field that is absent keeps its value and {@code null} clears it. */
public record ProfileRequest(
        @Schema(implementation = String.class, nullable = true, maxLength = 200, examples = "Ada") @Nullable
        JsonNode name,

        @Schema(
                implementation = String.class,
                nullable = true,
                maxLength = 2048,
                examples = "https://example.com/ada.png")
        @Nullable
        JsonNode image) {}
