package dev.latchkey.oauth;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The form that the OAuth routes take, for the API's description; it is read by {@link FormParameters}. */
@JsonNaming(SnakeCaseStrategy.class)
record TokenForm(
        @Schema(required = true, examples = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJ…")
        String token,

        @Schema(description = "Tolerated and ignored: a token says what it is", examples = "access_token") @Nullable
        String tokenTypeHint,

        @Schema(description = "Unless the credentials are in the Authorization header", examples = "shop") @Nullable
        String clientId,

        @Schema(description = "Unless the credentials are in the Authorization header") @Nullable
        String clientSecret) {
    @Override
    public String toString() {
        return "TokenForm[hidden]";
    }
}
