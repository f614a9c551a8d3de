package dev.latchkey.platform.http;

/** The public codes of this face, with the status and the words that go with each. They never change their meaning. */
public enum ProblemCode {
    VALIDATION_FAILED(400, "Bad Request", "The request is well-formed, but some of its fields are not acceptable."),
    MALFORMED_JSON(400, "Bad Request", "The body is not the JSON object that this route takes."),
    MALFORMED_PATH(400, "Bad Request", "The path can be read in more than one way."),
    UNAUTHENTICATED(401, "Unauthorized", "This route needs an access token: Authorization: Bearer <token>."),
    INVALID_TOKEN(401, "Unauthorized", "The access token is not valid. Sign in again."),
    TOKEN_EXPIRED(401, "Unauthorized", "The access token has expired. Refresh the session or sign in again."),
    INVALID_CREDENTIALS(401, "Unauthorized", "The e-mail address or the password is wrong."),
    INVALID_REFRESH_TOKEN(401, "Unauthorized", "The refresh token is not valid. Sign in again."),
    NOT_OWNER(403, "Forbidden", "This route belongs to another user than the token."),
    FORBIDDEN(403, "Forbidden", "This is not allowed."),
    NOT_FRESH(403, "Forbidden", "This needs the password, or a sign-in of the last minutes."),
    NOT_FOUND(404, "Not Found", "There is nothing here."),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed", "This route does not take this method; see the Allow header."),
    NOT_ACCEPTABLE(406, "Not Acceptable", "This route answers in application/json only."),
    REQUEST_TIMEOUT(408, "Request Timeout", "The body did not arrive in time."),
    EMAIL_TAKEN(409, "Conflict", "There is already an account with this e-mail address."),
    BODY_TOO_LARGE(413, "Content Too Large", "The body is larger than 64 KiB."),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported Media Type", "Send the body as Content-Type: application/json."),
    TOO_MANY_REQUESTS(429, "Too Many Requests", "Too many attempts. Try again after the time in Retry-After."),
    INTERNAL(500, "Internal Server Error", "Something unexpected happened. The log has more under the request id."),
    BUSY(503, "Service Unavailable", "Too many passwords are being checked at once. Try again in a moment."),
    DATABASE_UNAVAILABLE(503, "Service Unavailable", "The database does not answer. Try again in a moment.");

    private static final String CHALLENGE = "Bearer realm=\"latchkey\"";

    private final int status;
    private final String title;
    private final String message;

    ProblemCode(int status, String title, String message) {
        this.status = status;
        this.title = title;
        this.message = message;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public String message() {
        return message;
    }

    /** What a 401 asks for; to a request that showed no token it says nothing of an error (RFC 6750, 3). */
    public String challenge() {
        return switch (this) {
            case INVALID_TOKEN, TOKEN_EXPIRED ->
                CHALLENGE + ", error=\"invalid_token\", error_description=\"" + message + "\"";
            default -> CHALLENGE;
        };
    }
}
