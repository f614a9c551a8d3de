package dev.latchkey.platform.devdb;

import dev.latchkey.platform.crypto.Digests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's own programs, unpacked once per user from the archive for this kind of machine. */
final class PostgresPrograms {

    private PostgresPrograms() {}

    /** The folder of the programs: beside what Maven keeps for this user, or else in the given one. */
    static Path unpacked(Path fallback) throws IOException {
        byte[] archive = archive();
        String name = "postgresql-" + HexFormat.of().formatHex(Digests.sha256(archive), 0, 8);
        Path place = place(fallback).resolve(name);
        if (!Files.exists(place)) {
            unpack(archive, place);
        }
        return place.resolve("bin");
    }

    static void delete(Path folder) throws IOException {
        List<Path> contentsFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            contentsFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : contentsFirst) {
            Files.delete(file);
        }
    }

    private static Path place(Path fallback) throws IOException {
        Path shared = Path.of(System.getProperty("user.home"), ".m2", "latchkey");
        try {
            Files.createDirectories(shared);
        } catch (IOException noHome) {
            return fallback;
        }
        return Files.isWritable(shared) ? shared : fallback;
    }

    private static byte[] archive() throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String processor = "aarch64".equals(System.getProperty("os.arch")) ? "arm_64" : "x86_64";
        String name = "/postgres-" + system + "-" + processor + ".txz";
        try (InputStream stream = PostgresPrograms.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("There is no embedded PostgreSQL for this kind of machine (" + name
                        + "): set QUARKUS_DATASOURCE_JDBC_URL to a database of your own");
            }
            return stream.readAllBytes();
        }
    }

    // Unpacked aside and moved into place, as two processes may do it at once and one may be killed half-way.
    private static void unpack(byte[] archive, Path place) throws IOException {
        Path draft = Files.createTempDirectory(place.getParent(), "unpacking-");
        try (TarArchiveInputStream entries =
                new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                write(entry, entries, entry.resolveIn(draft));
            }
        }
        try {
            Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            delete(draft);
            if (!Files.exists(place)) {
                throw e;
            }
        }
    }

    private static void write(TarArchiveEntry entry, InputStream content, Path file) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, file);
            if ((entry.getMode() & 0100) != 0 && !file.toFile().setExecutable(true, false)) {
                throw new IOException("Cannot be made executable: " + file);
            }
        }
    }
}
