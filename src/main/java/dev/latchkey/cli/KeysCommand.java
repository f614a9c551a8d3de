package dev.latchkey.cli;

import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.KeyRotation;
import dev.latchkey.key.KeyRotation.ReencryptionOutcome;
import dev.latchkey.key.KeyRotation.RetirementOutcome;
import dev.latchkey.key.KeyRotation.RotationOutcome;
import dev.latchkey.key.KeySummary;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands for signing keys. */
@Command(
        name = "keys",
        subcommands = HelpCommand.class,
        description = "Lists, rotates, retires and re-encrypts the keys that sign tokens.",
        footer = "  latchkey keys rotate")
final class KeysCommand {

    /** Of a SHA-256 thumbprint in base64url. */
    private static final int KID_LENGTH = 43;

    private static final Set<Usage> USAGES = Set.of(Usage.DATABASE, Usage.KEYS);

    private static final String SHARED =
            "Tokens are signed with the shared secret, LATCHKEY_JWT_SECRET, so no key pair is in use. To rotate it: put the"
                    + " new one into LATCHKEY_JWT_SECRET_PREVIOUS on every replica, then swap the two, and remove the old"
                    + " one when the lifetime of an access token has passed.";

    @Spec
    @SuppressWarnings("NullAway.Init") // The parser sets it.
    private CommandSpec spec;

    @Command(
            name = "list",
            description = {
                "Shows every key, its state and its times (UTC), in the order in which the keys sign.",
                "",
                "States:",
                "  pending    published; signs from the time in SIGNS FROM",
                "  signing    signs new tokens",
                "  verifying  its tokens are valid until the time in UNTIL",
                "  expired    its tokens are no longer valid; deleted a day later",
                "  retired    refused since the time in UNTIL",
            },
            footer = "  latchkey keys list")
    ServiceCommand list() {
        return new ServiceCommand(USAGES, services -> {
            KeyRotation rotation = services.keyRotation();
            return rotation.isIdle() ? CommandResult.done("", SHARED) : list(rotation.list());
        });
    }

    @Command(
            name = "rotate",
            description = {
                "Makes the next signing key, unless one is waiting already.",
                "",
                "It is published at once and signs after latchkey.key.publish-ahead (10 minutes by default). The key"
                        + " before it verifies for latchkey.key.overlap (20 minutes by default) from then on. No user"
                        + " is signed out."
            },
            footer = "  latchkey keys rotate")
    ServiceCommand rotate() {
        return new ServiceCommand(USAGES, services -> {
            KeyRotation rotation = services.keyRotation();
            return rotation.isIdle() ? CommandResult.failed(SHARED) : rotated(rotation.rotate());
        });
    }

    @Command(
            name = "retire",
            description = {
                "Takes a stolen key out of use at once.",
                "",
                "Every replica refuses its tokens. If it is the key that signs, a successor signs at once. Clients that"
                        + " hold one of its tokens need a refresh, which they do by themselves."
            },
            footer = "  latchkey keys retire kHl0GzqgZbJvWvZb6J0m1sV3m8uY2yGQ7n3s5C4xwAA")
    ServiceCommand retire(
            @Parameters(paramLabel = "KID", description = "The whole kid of the key, as latchkey keys list shows it.")
                    String kid) {
        // A kid may begin with a dash. One that begins with two and is shorter than a kid was meant as an option.
        if (kid.startsWith("--") && kid.length() < KID_LENGTH) {
            throw new Cli.UsageException(spec, "keys retire has no option '" + kid + "'.");
        }
        KeyId key = new KeyId(kid);
        return new ServiceCommand(USAGES, services -> {
            KeyRotation rotation = services.keyRotation();
            return rotation.isIdle() ? CommandResult.failed(SHARED) : retired(key, rotation.retire(key));
        });
    }

    @Command(
            name = "re-encrypt",
            description = {
                "Encrypts the stored keys under LATCHKEY_SECRET that are still encrypted under LATCHKEY_SECRET_PREVIOUS.",
                "",
                "For the rotation of the master secret. The keys themselves do not change, so that the service may run"
                        + " meanwhile; run again, the command has nothing left to do. It fails if there are keys that neither"
                        + " of the two secrets decrypts."
            },
            footer = "  latchkey keys re-encrypt")
    ServiceCommand reencrypt() {
        return new ServiceCommand(
                USAGES, services -> reencrypted(services.keyRotation().reencrypt()));
    }

    static CommandResult list(List<KeySummary> keys) {
        if (keys.isEmpty()) {
            return CommandResult.done(
                    "", "There is no key yet. The service makes one when it starts, and so does latchkey keys rotate.");
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
                    time(key.state() == KeySummary.State.RETIRED ? key.retiredAt() : key.verifiesUntil())));
        }
        return CommandResult.done(Table.of(lines));
    }

    static CommandResult rotated(RotationOutcome outcome) {
        return switch (outcome) {
            case RotationOutcome.Made(KeySummary key) ->
                CommandResult.done("Made key " + key.id() + " (" + key.algorithm() + "). "
                        + (key.state() == KeySummary.State.SIGNING
                                ? "It signs from now on, because no other key did."
                                : "It is published, and signs from " + time(key.signsFrom()) + "."));
            case RotationOutcome.Waiting(KeySummary key) ->
                CommandResult.done("Made none: key " + key.id() + " (" + key.algorithm()
                        + ") is waiting already, and signs from " + time(key.signsFrom()) + ".");
            case RotationOutcome.OtherSecret(KeyId id) -> otherSecret(id);
        };
    }

    static CommandResult retired(KeyId id, RetirementOutcome outcome) {
        return switch (outcome) {
            case RetirementOutcome.Done(KeyId retired, @Nullable KeyId successor) ->
                CommandResult.done("Retired key " + retired + ". "
                        + (successor == null ? "It did not sign. " : "Key " + successor + " signs from now on. ")
                        + "The replicas refuse its tokens within a second or two; clients that hold one need a refresh."
                        + " Backends that cache the public keys accept its tokens until they read the keys again.");
            case RetirementOutcome.Already(Instant at) ->
                CommandResult.done("Key " + id + " is retired already, since " + time(at) + ".");
            case RetirementOutcome.Unknown() ->
                CommandResult.failed("There is no key " + id + "; latchkey keys list shows all keys.");
            case RetirementOutcome.OtherSecret(KeyId unopened) -> otherSecret(unopened);
        };
    }

    static CommandResult reencrypted(ReencryptionOutcome outcome) {
        String done = "Re-encrypted " + keys(outcome.changed()) + ". Encrypted under LATCHKEY_SECRET already: "
                + keys(outcome.current()) + ".";
        return outcome.unreadable().isEmpty()
                ? CommandResult.done(done + " No stored key needs LATCHKEY_SECRET_PREVIOUS any more.")
                : CommandResult.failed(done + " Neither LATCHKEY_SECRET nor LATCHKEY_SECRET_PREVIOUS decrypts "
                        + keys(outcome.unreadable()) + ": put the secret that was in force when they were made into"
                        + " LATCHKEY_SECRET_PREVIOUS and run this again. If it is lost, retire each of them by SQL, after"
                        + " which its tokens are refused: " + retirements(outcome.unreadable()));
    }

    /** The command needs to open the key that signs, so it cannot do this. */
    private static String retirements(List<KeyId> ids) {
        return ids.stream()
                .map(id -> "update signing_keys set retired_at = now() where id = '"
                        + id.value().replace("'", "''") + "';")
                .collect(Collectors.joining(" "));
    }

    private static String keys(List<KeyId> ids) {
        return switch (ids.size()) {
            case 0 -> "no key";
            case 1 -> "key " + ids.getFirst();
            default ->
                ids.size() + " keys (" + ids.stream().map(KeyId::toString).collect(Collectors.joining(", ")) + ")";
        };
    }

    private static CommandResult otherSecret(KeyId id) {
        return CommandResult.failed(
                "Nothing was changed: key " + id
                        + " cannot be decrypted with this LATCHKEY_SECRET, so the service could not use a key made with it."
                        + " Use the service's own, with the one before it in LATCHKEY_SECRET_PREVIOUS; see \"The master secret\" in the operations manual.");
    }

    private static String time(@Nullable Instant instant) {
        return instant == null ? "-" : instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
