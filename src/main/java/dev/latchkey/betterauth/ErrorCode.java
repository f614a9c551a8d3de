package dev.latchkey.betterauth;

/** The public error codes of the Better Auth paths, each with its status and message. */
enum ErrorCode {
    BAD_REQUEST(400, "Invalid JSON in request body"),
    INVALID_EMAIL(400, "Invalid email"),
    PASSWORD_TOO_SHORT(400, "Password too short"),
    PASSWORD_TOO_LONG(400, "Password too long"),
    /** The code of Better Auth's {@code haveIBeenPwned} plugin, with a message of ours. */
    PASSWORD_COMPROMISED(400, "This password is too common or too close to your address. Please choose another one."),
    BREACHED_PASSWORD(
            400,
            "PASSWORD_COMPROMISED",
            "The password you entered has been compromised. Please choose a different password."),
    INVALID_PASSWORD(400, "Invalid password"),
    INVALID_LINK(400, "INVALID_TOKEN", "Invalid token"),
    EMAIL_CAN_NOT_BE_UPDATED(400, "Email can not be updated"),
    EMAIL_MISMATCH(400, "Email mismatch"),
    EMAIL_ALREADY_VERIFIED(400, "Email is already verified"),
    CHANGE_EMAIL_DISABLED(400, "Change email is disabled"),
    RESET_PASSWORD_DISABLED(400, "Reset password isn't enabled"),
    VERIFICATION_EMAIL_NOT_ENABLED(400, "Verification email isn't enabled"),
    SESSION_EXPIRED(400, "Session expired. Re-authenticate to perform this action."),
    UNAUTHORIZED(401, "Unauthorized"),
    INVALID_EMAIL_OR_PASSWORD(401, "Invalid email or password"),
    INVALID_TOKEN(401, "Invalid token"),
    TOKEN_EXPIRED(401, "Token expired"),
    INVALID_USER(401, "Invalid user"),
    EMAIL_NOT_VERIFIED(403, "Email not verified"),
    ACCOUNT_DISABLED(403, "This account is disabled"),
    SESSION_NOT_FRESH(403, "Session is not fresh"),
    INVALID_ORIGIN(403, "Invalid origin"),
    MISSING_OR_NULL_ORIGIN(403, "Missing or null Origin"),
    CROSS_SITE_NAVIGATION_LOGIN_BLOCKED(
            403, "Cross-site navigation login blocked. This request appears to be a CSRF attack."),
    INVALID_CALLBACK_URL(403, "Invalid callbackURL"),
    INVALID_REDIRECT_URL(403, "Invalid redirectURL"),
    INVALID_ERROR_CALLBACK_URL(403, "Invalid errorCallbackURL"),
    INVALID_NEW_USER_CALLBACK_URL(403, "Invalid newUserCallbackURL"),
    UNKNOWN_LINK(404, "INVALID_TOKEN", "Invalid token"),
    FAILED_TO_GET_USER_INFO(404, "Failed to get user info"),
    PROVIDER_NOT_FOUND(404, "Provider not found"),
    METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED(
            405, "POST method requires deferSessionRefresh to be enabled in session config"),
    USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL(422, "User already exists. Use another email."),
    /** A code of ours, as is the next one: Better Auth would fail with 500. */
    BUSY(503, "The service is busy. Please try again shortly."),
    DATABASE_UNAVAILABLE(503, "The service cannot do this now. Please try again shortly.");

    private final int status;
    private final String code;
    private final String message;

    ErrorCode(int status, String message) {
        this.status = status;
        this.code = name();
        this.message = message;
    }

    /** Creates a constant whose code has several statuses. */
    ErrorCode(int status, String code, String message) {
        this.status = status;
        this.code = code;
        this.message = message;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String message() {
        return message;
    }
}
