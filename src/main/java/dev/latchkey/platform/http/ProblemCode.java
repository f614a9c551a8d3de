package dev.latchkey.platform.http;

/** The public error codes of the API, each with its status and message. A code never changes its meaning. */
public enum ProblemCode {
    VALIDATION_FAILED(400, "Bad Request", "Some fields of the request are not valid; see errors."),
    MALFORMED_JSON(400, "Bad Request", "The body must be one JSON object, in UTF-8."),
    MALFORMED_PATH(400, "Bad Request", "The path is ambiguous."),
    UNAUTHENTICATED(401, "Unauthorized", "This route requires an access token: Authorization: Bearer <token>."),
    INVALID_TOKEN(401, "Unauthorized", "The access token is not valid. Sign in again."),
    TOKEN_EXPIRED(401, "Unauthorized", "The access token has expired. Refresh the session or sign in again."),
    INVALID_CREDENTIALS(401, "Unauthorized", "The e-mail address or the password is wrong."),
    INVALID_REFRESH_TOKEN(401, "Unauthorized", "The refresh token is not valid. Sign in again."),
    NOT_OWNER(403, "Forbidden", "This route belongs to another user."),
    FORBIDDEN(403, "Forbidden", "This is not allowed."),
    NOT_FRESH(403, "Forbidden", "This requires your password or a recent sign-in."),
    NOT_FOUND(404, "Not Found", "Not found."),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed", "This route does not support this method; see the Allow header."),
    NOT_ACCEPTABLE(406, "Not Acceptable", "This route responds with application/json only."),
    REQUEST_TIMEOUT(408, "Request Timeout", "The request body did not arrive in time."),
    EMAIL_TAKEN(409, "Conflict", "An account with this e-mail address already exists."),
    OWN_ACCOUNT(409, "Conflict", "This is your own account. Ask another administrator."),
    LAST_ADMINISTRATOR(409, "Conflict", "This is the last administrator. Give the role to another user first."),
    ACCOUNT_BANNED(409, "Conflict", "This account is banned. End the ban first."),
    BODY_TOO_LARGE(413, "Content Too Large", "The request body is larger than 64 KiB."),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported Media Type", "Send the body as Content-Type: application/json."),
    TOO_MANY_REQUESTS(429, "Too Many Requests", "Too many attempts. Try again after the time in Retry-After."),
    INTERNAL(
            500,
            "Internal Server Error",
            "An unexpected error occurred. The server log has the details under this request id."),
    BUSY(503, "Service Unavailable", "Too many passwords are being checked at once. Try again in a moment."),
    DATABASE_UNAVAILABLE(503, "Service Unavailable", "The database is unavailable. Try again in a moment.");

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

    /** The {@code WWW-Authenticate} challenge of a 401. Without a token in the request it carries no error (RFC 6750, 3). */
    public String challenge() {
        return switch (this) {
            case INVALID_TOKEN, TOKEN_EXPIRED ->
                CHALLENGE + ", error=\"invalid_token\", error_description=\"" + message + "\"";
            default -> CHALLENGE;
        };
    }
}
