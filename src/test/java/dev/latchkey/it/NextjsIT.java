package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.Nextjs;
import dev.latchkey.fixture.Packaged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The app of {@code examples/nextjs} beside the packaged service, in a browser. */
@EnabledIf(
        value = "dev.latchkey.fixture.Nextjs#canBeWalkedThrough",
        disabledReason =
                "there is no Node.js or no Chromium on the path, or no app in target/nextjs, or no Playwright in"
                        + " target/playwright; .ci/run sees to them where npm and apt-get are")
@Tag("either-package")
class NextjsIT {

    /** The pictures that walk.mjs takes, start to end. */
    private static final int STATIONS = 21;

    @BeforeAll
    static void forgetEarlierWalks() throws IOException {
        for (Path picture : pictures()) {
            Files.delete(picture);
        }
    }

    @Test
    void walksThroughEveryPage() throws IOException {
        String origin = Nextjs.freeOrigin();
        try (Packaged service =
                Packaged.ready(EmbeddedDatabaseResource.emptyDatabase(), Map.of("LATCHKEY_TRUSTED_ORIGINS", origin))) {
            String latchkey = "http://localhost:" + service.port();
            try (Nextjs app = Nextjs.started(origin, latchkey)) {
                ExternalProcess.Ended walk = app.walk(latchkey);

                assertEquals(0, walk.code(), walk.output() + "\nThe app said:\n" + app.output());
                assertEquals(STATIONS, pictures().size(), walk.output());
                // The app's server has no part in signing in, so that nothing there can go wrong either.
                assertFalse(app.output().contains("Error"), app.output());
            }
            assertTrue(service.isAlive(), service.output());
        }
    }

    private static List<Path> pictures() throws IOException {
        if (!Files.isDirectory(Nextjs.PICTURES)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(Nextjs.PICTURES)) {
            return files.filter(file -> file.toString().endsWith(".png")).toList();
        }
    }
}
