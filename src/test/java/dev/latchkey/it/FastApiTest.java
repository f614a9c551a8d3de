package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.FastApi;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README of {@code examples/fastapi} says of its sources. */
class FastApiTest {

    /** What a backend that decides who may call cannot do without. */
    private static final Pattern AUTHORIZATION =
            Pattern.compile("latchkey_auth|latchkey_keys|\\bjwt\\b|bearer|\\bauthorization\\b|depends|\\b40[13]\\b");

    @Test
    void hasADependencyOfFortyLinesAtMost() throws IOException {
        long lines = code("latchkey_auth.py").size();

        assertTrue(lines <= 40, lines + " lines");
    }

    @ParameterizedTest
    @ValueSource(strings = {"behind_the_gate.py", "tasks.py", "store.py"})
    void hasNoAuthorizationBehindTheGate(String module) throws IOException {
        List<String> found = code(module).stream()
                .filter(line ->
                        AUTHORIZATION.matcher(line.toLowerCase(Locale.ROOT)).find())
                .toList();

        assertEquals(List.of(), found);
    }

    /** What is neither blank nor a comment; texts that explain count as lines. */
    private static List<String> code(String module) throws IOException {
        return Files.readAllLines(FastApi.EXAMPLE.resolve(module)).stream()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .toList();
    }
}
