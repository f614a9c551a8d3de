package dev.latchkey.api;

import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.Problem.FieldError;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import dev.latchkey.token.AccessTokenVerifier;
import dev.latchkey.token.InvalidTokenException;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerifiedToken;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.vertx.core.http.HttpServerRequest;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps exceptions to problem responses: the framework's, the verifier's, and unexpected ones. */
class ExceptionMappers {

    private static final Logger LOG = Logger.getLogger(ExceptionMappers.class);

    private final Problems problems;
    private final AuditLog audit;
    private final ClientResolver clients;
    private final CurrentIdentityAssociation identity;

    ExceptionMappers(Problems problems, AuditLog audit, ClientResolver clients, CurrentIdentityAssociation identity) {
        this.problems = problems;
        this.audit = audit;
        this.clients = clients;
        this.identity = identity;
    }

    @ServerExceptionMapper
    Response missingToken(UnauthorizedException exception) {
        return problems.of(ProblemCode.UNAUTHENTICATED);
    }

    @ServerExceptionMapper
    Response invalidToken(AuthenticationFailedException exception, HttpServerRequest request) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidTokenException invalid) {
                return invalidToken(invalid.reason(), request);
            }
        }
        return invalidToken(Reason.MALFORMED, request);
    }

    private Response invalidToken(Reason reason, HttpServerRequest request) {
        if (reason == Reason.EXPIRED) {
            return problems.of(ProblemCode.TOKEN_EXPIRED);
        }
        audit.recordLater(AuditEvent.tokenRefused(reason.words(), clients.of(request)));
        return problems.of(ProblemCode.INVALID_TOKEN);
    }

    /** A route that the roles of the token, or its issuer, do not open: recorded as a refused owner check is. */
    @ServerExceptionMapper
    Response forbidden(ForbiddenException exception, ContainerRequestContext request, HttpServerRequest http) {
        if (identity.getIdentity().getPrincipal() instanceof VerifiedToken.Principal principal) {
            audit.recordLater(AuditEvent.ownerRefused(
                    principal.verified().qualifiedUserId(),
                    request.getMethod(),
                    request.getUriInfo().getPath(),
                    clients.of(http)));
        }
        return problems.of(ProblemCode.FORBIDDEN);
    }

    @ServerExceptionMapper
    Response wrongType(MismatchedInputException exception) {
        List<Reference> path = exception.getPath();
        if (path.isEmpty() || path.getFirst().getFieldName() == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        return problems.invalid(
                List.of(FieldErrors.wrongType(path.getFirst().getFieldName(), expected(exception.getTargetType()))));
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException exception) {
        List<FieldError> errors = new ArrayList<>();
        for (ConstraintViolation<?> violation : exception.getConstraintViolations()) {
            String field = field(violation.getPropertyPath());
            errors.add(
                    violation.getMessageTemplate().contains("NotNull")
                            ? FieldErrors.required(field)
                            : new FieldError(field, "INVALID", violation.getMessage()));
        }
        return problems.invalid(errors);
    }

    @ServerExceptionMapper
    Response frameworkRefusal(WebApplicationException exception, ContainerRequestContext request) {
        return switch (exception.getResponse().getStatus()) {
            case 400 -> problems.of(ProblemCode.MALFORMED_JSON);
            case 401 -> problems.of(ProblemCode.UNAUTHENTICATED);
            case 403 -> problems.of(ProblemCode.FORBIDDEN);
            case 404, 405 -> noRoute(request);
            case 406 -> problems.of(ProblemCode.NOT_ACCEPTABLE);
            case 413 -> problems.of(ProblemCode.BODY_TOO_LARGE);
            case 415 -> problems.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
            default -> unexpected(exception);
        };
    }

    @ServerExceptionMapper
    Response keysUnavailable(SigningKeys.UnavailableException exception) {
        return problems.of(ProblemCode.DATABASE_UNAVAILABLE);
    }

    @ServerExceptionMapper
    Response revocationStateUnavailable(AccessTokenVerifier.RevocationStateUnavailableException exception) {
        return problems.of(ProblemCode.DATABASE_UNAVAILABLE);
    }

    @ServerExceptionMapper
    Response unexpected(Throwable exception) {
        OutOfMemoryGuard.exitIfOutOfMemory(exception);
        if (DatabaseErrors.isTemporary(exception)) {
            LOG.debug("the database is unavailable", exception);
            return problems.of(ProblemCode.DATABASE_UNAVAILABLE);
        }
        LOG.error("unexpected failure", exception);
        return problems.of(ProblemCode.INTERNAL);
    }

    private Response noRoute(ContainerRequestContext request) {
        Set<String> allowed = AllowedMethods.of(request);
        if (allowed.isEmpty() || allowed.contains(request.getMethod())) {
            return problems.of(ProblemCode.NOT_FOUND);
        }
        return problems.builder(ProblemCode.METHOD_NOT_ALLOWED, 405, ProblemCode.METHOD_NOT_ALLOWED.message(), null)
                .header(HttpHeaders.ALLOW, String.join(", ", allowed))
                .build();
    }

    private static String expected(Class<?> type) {
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        return type == String.class ? "a string" : "of another type";
    }

    private static String field(Path path) {
        String last = "";
        for (Path.Node node : path) {
            last = String.valueOf(node.getName());
        }
        return last.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
