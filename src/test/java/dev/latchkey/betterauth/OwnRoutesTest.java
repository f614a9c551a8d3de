package dev.latchkey.betterauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is left to our own API below the base that both faces share. */
class OwnRoutesTest {

    private static final String BASE = "/api/auth";

    @Test
    void areTheRoutesThatThereAre() {
        Set<String> found = new TreeSet<>();
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.latchkey.api").stream()
                        .filter(type -> type.isAnnotatedWith(Path.class))
                        .forEach(type -> type.getMethods().stream()
                                .filter(method -> method.isMetaAnnotatedWith(HttpMethod.class))
                                .forEach(method -> {
                                    String path =
                                            type.getAnnotationOfType(Path.class).value();
                                    String whole = method.isAnnotatedWith(Path.class)
                                            ? path
                                                    + "/"
                                                    + method.getAnnotationOfType(Path.class)
                                                            .value()
                                            : path;
                                    if (whole.startsWith(BASE)) {
                                        found.add(whole.replace("//", "/").substring(BASE.length()));
                                    }
                                }));

        assertEquals(found, new TreeSet<>(BetterAuthHandler.OUR_OWN));
    }

    @Test
    void areTakenWithASlashBehindAndNothingElse() {
        assertFalse(BetterAuthHandler.isOurs("/api/auth/login"));
        assertFalse(BetterAuthHandler.isOurs("/api/auth/login/"));
        assertFalse(BetterAuthHandler.isOurs("/api/users/login"));
        assertFalse(BetterAuthHandler.isOurs("/api/auth"));
        assertFalse(BetterAuthHandler.isOurs("/api/authority/x"));
        assertTrue(BetterAuthHandler.isOurs("/api/auth/login/x"));
        assertTrue(BetterAuthHandler.isOurs("/api/auth/Login"));
        assertTrue(BetterAuthHandler.isOurs("/api/auth//login"));
        assertTrue(BetterAuthHandler.isOurs("/api/auth/sign-in/email"));
        assertTrue(BetterAuthHandler.isOurs("/api/auth/"));
    }
}
