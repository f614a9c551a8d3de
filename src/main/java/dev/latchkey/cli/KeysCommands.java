package dev.latchkey.cli;

import dev.latchkey.cli.KeysCommand.ListAll;
import dev.latchkey.cli.KeysCommand.Retire;
import dev.latchkey.cli.KeysCommand.Rotate;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.KeyRotation;
import dev.latchkey.key.KeyState;
import dev.latchkey.key.KeySummary;
import dev.latchkey.key.RetirementOutcome;
import dev.latchkey.key.RotationOutcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Does what the keys commands say, and puts into words what came of it. */
@ApplicationScoped
class KeysCommands {

    private static final String SHARED =
            "Tokens are signed with the shared secret, LATCHKEY_JWT_SECRET, so no key pair is in use. To rotate it: put the"
                    + " new one into LATCHKEY_JWT_SECRET_PREVIOUS on every replica, then swap the two, and remove the old"
                    + " one when the life of an access token has passed.";

    private final KeyRotation rotation;

    KeysCommands(KeyRotation rotation) {
        this.rotation = rotation;
    }

    CommandResult run(KeysCommand command) {
        if (rotation.isIdle()) {
            return command instanceof ListAll ? CommandResult.remark(SHARED) : CommandResult.failed(SHARED);
        }
        return switch (command) {
            case ListAll() -> list(rotation.list());
            case Rotate() -> rotated(rotation.rotate());
            case Retire(KeyId id) -> retired(id, rotation.retire(id));
        };
    }

    static CommandResult list(List<KeySummary> keys) {
        if (keys.isEmpty()) {
            return CommandResult.remark(
                    "There is no key yet; the service makes one when it starts, and so does keys rotate.");
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("KID", "ALGORITHM", "STATE", "CREATED", "SIGNS FROM", "UNTIL"));
        for (KeySummary key : keys) {
            lines.add(List.of(
                    key.id().value(),
                    key.algorithm(),
                    key.state().name().toLowerCase(Locale.ROOT),
                    time(key.createdAt()),
                    time(key.signsFrom()),
                    time(key.state() == KeyState.RETIRED ? key.retiredAt() : key.verifiesUntil())));
        }
        return CommandResult.done(Table.of(lines));
    }

    static CommandResult rotated(RotationOutcome outcome) {
        return switch (outcome) {
            case RotationOutcome.Made(KeySummary key) ->
                CommandResult.done(
                        key.state() == KeyState.SIGNING
                                ? "Made key " + key.id() + " (" + key.algorithm()
                                        + "). It signs from now on, for no other did."
                                : "Made key " + key.id() + " (" + key.algorithm()
                                        + "). It is published, and signs from " + time(key.signsFrom()) + ".");
            case RotationOutcome.Waiting(KeySummary key) ->
                CommandResult.done("Made none: key " + key.id() + " (" + key.algorithm()
                        + ") waits already, and signs from " + time(key.signsFrom()) + ".");
            case RotationOutcome.OtherSecret(KeyId id) -> otherSecret(id);
        };
    }

    static CommandResult retired(KeyId id, RetirementOutcome outcome) {
        return switch (outcome) {
            case RetirementOutcome.Done(KeyId gone, @Nullable KeyId successor) ->
                CommandResult.done("Retired key " + gone + ". "
                        + (successor == null ? "It did not sign. " : "Key " + successor + " signs from now on. ")
                        + "The replicas refuse what it signed within a second or two; whoever holds such a token needs a"
                        + " refresh. Backends that cache the public keys accept it until they read them again.");
            case RetirementOutcome.Already(Instant at) ->
                CommandResult.done("Key " + id + " is retired already, since " + time(at) + ".");
            case RetirementOutcome.Unknown() ->
                CommandResult.failed("There is no key " + id + "; latchkey keys list shows those that there are.");
            case RetirementOutcome.OtherSecret(KeyId unopened) -> otherSecret(unopened);
        };
    }

    private static CommandResult otherSecret(KeyId id) {
        return CommandResult.failed("Nothing was changed: key " + id
                + " cannot be opened with this LATCHKEY_SECRET, so a key made with it would be of no use to the service."
                + " Use the service's own; if it was replaced, see \"The master secret\" in the operations manual.");
    }

    private static String time(@Nullable Instant instant) {
        return instant == null
                ? "-"
                : Objects.requireNonNull(instant)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString();
    }
}
