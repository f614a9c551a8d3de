package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.fixture.ContainerImage;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The image of this build, beside a real database. */
class ContainerIT {

    /** Those that buildah brings, and the one in which a process may write. */
    private static final Set<String> NOT_COMPARED = Set.of("/dev", "/etc", "/proc", "/run", "/sys", "/tmp");

    private static ContainerImage image;

    @BeforeAll
    static void build() {
        assumeTrue(ContainerImage.canBeBuilt(), "there are no bases: src/test/containers/fetch makes them");
        image = ContainerImage.built();
        System.out.println("image: " + image.size());
    }

    @AfterAll
    static void remove() {
        if (image != null) {
            image.close();
        }
    }

    @Test
    void servesFromSignUpToSignOutWritesOnlyBelowTmpAndEndsOnSigterm() throws Exception {
        Map<String, FileTime> before = files();
        try (Packaged service = Packaged.readyIn(image, EmbeddedDatabaseResource.emptyDatabase(), Map.of())
                .addressed()) {
            Person ada = Person.signedUp();
            Person eve = Person.signedUp();
            ada.bearing().get(ada.own("")).then().statusCode(200);
            eve.bearing().get(ada.own("")).then().statusCode(403);

            ada.bearing().noContentType().post("/api/auth/logout").then().statusCode(204);
            Eventually.holds(
                    "its token is refused", () -> ada.bearing().get(ada.own("")).statusCode() == 401);
            eve.bearing().get(eve.own("")).then().statusCode(200);

            ProcessHandle process = service.innermost();
            assertTrue(
                    Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                            .anyMatch(line -> line.matches("Uid:\\s+1001\\s+1001\\s+1001\\s+1001")),
                    "it runs as another user");
            assertTrue(process.destroy());
            process.onExit().get(45, TimeUnit.SECONDS);
        }
        // So the root may be read-only, as the Helm chart has it, with a /tmp.
        Map<String, FileTime> after = files();
        after.entrySet().removeAll(before.entrySet());
        assertEquals(Map.of(), after);
    }

    // Security: who takes over the process changes nothing of what the next one executes.
    @Test
    void holdsNothingThatItsUserCouldChange() throws IOException {
        assertEquals("1001", image.inspect("{{.OCIv1.Config.User}}"));
        Path files = image.mounted("opt/latchkey");
        try (Stream<Path> all = Files.walk(files)) {
            List<Path> writable = all.filter(ContainerIT::isWritableByOthers).toList();
            assertEquals(List.of(), writable);
        }
        assertTrue(Files.exists(files.resolve(Packaged.isNative() ? "application" : "quarkus-run.jar")));
    }

    @Test
    void hasNoShell() {
        ExternalProcess.Ended ended = image.run("/bin/sh", "-c", "true");
        assertNotEquals(0, ended.code(), ended.output());
        assertFalse(Files.exists(image.mounted("bin/sh")));
        assertFalse(Files.exists(image.mounted("usr/bin/sh")));
    }

    @Test
    void runsCommands() {
        ExternalProcess.Ended ended = image.runEntrypoint("--version");
        assertEquals(0, ended.code(), ended.output());
        assertTrue(ended.output().startsWith("latchkey "), ended.output());
        assertEquals(2, image.runEntrypoint("no-such-command").code());
    }

    @Test
    void startsFromTheCacheThatItsBuildHasMade() {
        assumeFalse(Packaged.isNative(), "an executable needs none");
        String required = "-XX:AOTMode=on";
        ExternalProcess.Ended ended = image.runEntrypointWith(List.of(required), "--version");
        assertEquals(0, ended.code(), ended.output());

        // One that was made with other options is not used, which is an error now.
        ExternalProcess.Ended other =
                image.runEntrypointWith(List.of(required, "-XX:-UseCompactObjectHeaders"), "--version");
        assertNotEquals(0, other.code(), other.output());
    }

    @Test
    void saysWhatItIs() {
        Set<String> names = Set.of("title", "description", "licenses");
        for (String name : names) {
            String value = image.inspect("{{index .OCIv1.Config.Labels \"org.opencontainers.image." + name + "\"}}");
            assertFalse(value.isBlank() || value.equals("<no value>"), name);
        }
    }

    /** The files of the container, and folders, for they show what was deleted again. */
    private static Map<String, FileTime> files() throws IOException {
        Path root = image.mounted("");
        Map<String, FileTime> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.toList()) {
                String name = "/" + root.relativize(file);
                if (!file.equals(root) && NOT_COMPARED.stream().noneMatch(name::startsWith)) {
                    files.put(name, Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS));
                }
            }
        }
        return files;
    }

    private static boolean isWritableByOthers(Path file) {
        try {
            Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,gid,mode");
            return !attributes.get("uid").equals(0)
                    || !attributes.get("gid").equals(0)
                    || (!Files.isSymbolicLink(file) && ((int) attributes.get("mode") & 0022) != 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
