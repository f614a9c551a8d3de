package dev.latchkey.platform.devdb;

import dev.latchkey.platform.crypto.RandomTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A random secret for development, generated once and kept in a file that only its owner can read. */
final class DevSecret {

    private static final int BYTES = 32;

    private DevSecret() {}

    /** Returns the secret in a file, which is created if there is none. */
    static String readOrCreate(Path file) {
        try {
            Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
            if (!Files.exists(file)) {
                create(folder, file);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("The secret in " + file + " cannot be read or created", e);
        }
    }

    // Written to a temporary file and linked into place: a process killed half-way leaves no short secret, and of two
    // processes that race one wins.
    private static void create(Path folder, Path file) throws IOException {
        // Security: the JDK creates temporary files readable by their owner only, and the link keeps that.
        Path draft = Files.createTempFile(folder, "secret-", ".draft");
        try {
            Files.writeString(draft, RandomTokens.base64Url(BYTES));
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException createdMeanwhile) {
            // The secret of the other process is read.
        } finally {
            Files.delete(draft);
        }
    }
}
