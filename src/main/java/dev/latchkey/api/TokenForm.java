package dev.latchkey.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The form of the OAuth routes, for the API's description. */
@Schema(name = "TokenForm")
interface TokenForm {

    @Schema(
            required = true,
            description = "The token in question",
            examples = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9…")
    String token();

    @Schema(
            name = "token_type_hint",
            description = "Tolerated and ignored: a token says what it is",
            examples = "access_token")
    String tokenTypeHint();

    @Schema(
            name = "client_id",
            description = "Unless the credentials are in the Authorization header",
            examples = "shop")
    String clientId();

    @Schema(name = "client_secret", description = "Unless the credentials are in the Authorization header")
    String clientSecret();
}
