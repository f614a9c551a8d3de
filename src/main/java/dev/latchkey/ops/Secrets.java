package dev.latchkey.ops;

import dev.latchkey.ops.Settings.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Judges the configured secrets without ever repeating one. */
final class Secrets {

    // RFC 7518, 3.2: a key for HS256 has at least the size of the hash.
    private static final int LEAST_BYTES = 32;

    private Secrets() {}

    static List<Finding> judgeRequired(Secret secret) {
        if (secret.value().isEmpty() && secret.file().isEmpty()) {
            return List.of(Finding.severeInProduction(
                    secret.name(),
                    "is missing; set it to at least 32 random bytes (openssl rand -base64 48), or name a file that holds them in "
                            + secret.name() + "_FILE"));
        }
        return judge(secret, tooShort -> Finding.severeInProduction(secret.name(), tooShort));
    }

    static List<Finding> judgeOptional(Secret secret) {
        return judge(secret, tooShort -> Finding.severe(secret.name(), tooShort));
    }

    private static List<Finding> judge(Secret secret, Function<String, Finding> severity) {
        if (!secret.value().isEmpty() && !secret.file().isEmpty()) {
            return List.of(Finding.severe(
                    secret.name(), "is given twice, here and by " + secret.name() + "_FILE; keep one of them"));
        }
        if (secret.file().isEmpty()) {
            return secret.value().isEmpty() || isLongEnough(secret.value())
                    ? List.of()
                    : List.of(severity.apply("has fewer than 32 bytes; openssl rand -base64 48 makes a good one"));
        }
        try {
            String content = Files.readString(Path.of(secret.file()), StandardCharsets.UTF_8);
            return isLongEnough(content.strip())
                    ? List.of()
                    : List.of(severity.apply("holds fewer than 32 bytes in the file " + secret.file()));
        } catch (IOException | InvalidPathException e) {
            return List.of(Finding.severe(
                    secret.name() + "_FILE",
                    "names " + secret.file() + ", which cannot be read as a text file (" + reason(e) + ")"));
        }
    }

    private static boolean isLongEnough(String secret) {
        return secret.getBytes(StandardCharsets.UTF_8).length >= LEAST_BYTES;
    }

    private static String reason(Exception e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            default -> e.getClass().getSimpleName();
        };
    }
}
