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

/** The routes of our own APIs below the base path that they share with the Better Auth protocol. */
class BetterAuthPathsTest {

    private static final String BASE = "/api/auth";

    @Test
    void listsEveryRouteOfOurOwnApis() {
        Set<String> found = new TreeSet<>();
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.latchkey").stream()
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

        assertEquals(found, new TreeSet<>(BetterAuthPaths.OWN_API));
    }

    @Test
    void passesOurOwnRoutesOnWithATrailingSlashAndNothingElse() {
        assertFalse(BetterAuthPaths.isBetterAuth("/api/auth/login"));
        assertFalse(BetterAuthPaths.isBetterAuth("/api/auth/login/"));
        assertFalse(BetterAuthPaths.isBetterAuth("/api/users/login"));
        assertFalse(BetterAuthPaths.isBetterAuth("/api/auth"));
        assertFalse(BetterAuthPaths.isBetterAuth("/api/authority/x"));
        assertTrue(BetterAuthPaths.isBetterAuth("/api/auth/login/x"));
        assertTrue(BetterAuthPaths.isBetterAuth("/api/auth/Login"));
        assertTrue(BetterAuthPaths.isBetterAuth("/api/auth//login"));
        assertTrue(BetterAuthPaths.isBetterAuth("/api/auth/sign-in/email"));
        assertTrue(BetterAuthPaths.isBetterAuth("/api/auth/"));
    }
}
