package dev.latchkey.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is named by an argument, or standard input for a dash. */
final class InputFile {

    private InputFile() {}

    static InputStream open(Path file, InputStream standardInput) throws IOException {
        return file.toString().equals("-") ? standardInput : Files.newInputStream(file);
    }

    /** Reads a whole file; one that is larger than expected is the wrong one. */
    static byte[] read(Path file, InputStream standardInput, int maxSize) throws IOException {
        try (InputStream stream = open(file, standardInput)) {
            byte[] octets = stream.readNBytes(maxSize + 1);
            if (octets.length > maxSize) {
                throw new IOException("The file is larger than " + maxSize + " bytes.");
            }
            return octets;
        }
    }
}
