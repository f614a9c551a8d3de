package dev.latchkey.it;

import dev.latchkey.it.SessionOperation.AccessToken;
import dev.latchkey.it.SessionStep.Choice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** All sessions and tokens of one user that clients have seen, live and ended, and the operations that they make possible. */
final class SessionTraces {

    /** What a client has seen of a session. */
    record Trace(String session, boolean betterAuth, List<String> secrets, List<AccessToken> accessTokens) {}

    private final Map<String, Trace> all = new LinkedHashMap<>();
    private int passwords;
    private int changesOfRoles;

    /** Adds what a response has. */
    void add(SessionOperation.Response response) {
        if (response.session().isEmpty()) {
            return;
        }
        Trace trace = all.computeIfAbsent(
                response.session(),
                session -> new Trace(
                        session, response.accessToken().text().isEmpty(), new ArrayList<>(), new ArrayList<>()));
        if (!response.secret().isEmpty() && !trace.secrets().contains(response.secret())) {
            trace.secrets().add(response.secret());
        }
        if (!response.accessToken().text().isEmpty()) {
            trace.accessTokens().add(response.accessToken());
        }
    }

    List<Trace> all() {
        return List.copyOf(all.values());
    }

    Set<AccessToken> accessTokens() {
        return all.values().stream()
                .flatMap(trace -> trace.accessTokens().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Returns the operation of a choice; empty while there is nothing to choose from.
     *
     * @param current the number of the user's password
     */
    Optional<SessionOperation> operation(Choice choice, int current) {
        // A wrong one is an earlier one, or none that there ever was.
        int password = choice.age() == 0 ? current : current - choice.age();
        return switch (choice.kind()) {
            case SIGN_IN -> Optional.of(new SessionOperation.SignIn(false, password));
            case SIGN_IN_BETTER_AUTH -> Optional.of(new SessionOperation.SignIn(true, password));
            case REFRESH ->
                secret(choice, trace -> !trace.betterAuth())
                        .map(secret ->
                                new SessionOperation.Refresh(secret.trace().session(), secret.text()));
            case GET_TOKEN ->
                secret(choice, Trace::betterAuth)
                        .map(secret ->
                                new SessionOperation.GetToken(secret.trace().session(), secret.text()));
            case SIGN_OUT ->
                secret(choice, _ -> true)
                        .map(secret -> new SessionOperation.SignOut(
                                secret.trace().session(), secret.trace().betterAuth(), secret.text()));
            case SIGN_OUT_BY_ACCESS_TOKEN -> accessToken(choice).map(SessionOperation.SignOutByAccessToken::new);
            case CHANGE_PASSWORD ->
                accessToken(choice).map(token -> new SessionOperation.ChangePassword(token, password, ++passwords));
            case CHANGE_PASSWORD_AND_KEEP_SESSION ->
                secret(choice, Trace::betterAuth)
                        .map(secret -> new SessionOperation.ChangePasswordAndKeepSession(
                                secret.trace().session(), secret.text(), current, ++passwords));
            case END_ALL -> accessToken(choice).map(token -> new SessionOperation.EndAll(token, false));
            case END_OTHERS -> accessToken(choice).map(token -> new SessionOperation.EndAll(token, true));
            case END_ONE ->
                accessToken(choice)
                        .flatMap(token -> trace(choice.age(), trace -> !trace.betterAuth())
                                .map(trace -> new SessionOperation.EndOne(token, trace.session())));
            case DISABLE -> Optional.of(new SessionOperation.Disable());
            case ENABLE -> Optional.of(new SessionOperation.Enable());
            case SET_ROLES -> Optional.of(new SessionOperation.SetRoles("role-" + ++changesOfRoles));
        };
    }

    private record Secret(Trace trace, String text) {}

    private Optional<Secret> secret(Choice choice, Predicate<Trace> kind) {
        return trace(choice.session(), kind).map(trace -> new Secret(trace, newest(trace.secrets(), choice.age())));
    }

    private Optional<AccessToken> accessToken(Choice choice) {
        return trace(choice.session(), trace -> !trace.accessTokens().isEmpty())
                .map(trace -> newest(trace.accessTokens(), choice.age()));
    }

    private Optional<Trace> trace(int place, Predicate<Trace> kind) {
        List<Trace> suitable = all.values().stream().filter(kind).toList();
        return suitable.isEmpty() ? Optional.empty() : Optional.of(newest(suitable, place));
    }

    private static <T> T newest(List<T> all, int place) {
        return all.get(Math.max(0, all.size() - 1 - place));
    }
}
