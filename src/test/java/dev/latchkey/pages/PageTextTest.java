package dev.latchkey.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.quarkus.qute.i18n.Message;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The German texts of the pages say everything that the English ones say; what were missing would be English. */
class PageTextTest {

    private static final Pattern VALUE = Pattern.compile("\\{\\w+}");

    private final Properties german = new Properties();

    PageTextTest() throws IOException {
        try (Reader file = Files.newBufferedReader(Path.of("src/main/resources/messages/pages_de.properties"))) {
            german.load(file);
        }
    }

    static Method[] texts() {
        return PageText.class.getDeclaredMethods();
    }

    @Test
    void isTranslatedWhole() {
        assertEquals(
                Arrays.stream(texts()).map(Method::getName).collect(Collectors.toCollection(TreeSet::new)),
                new TreeSet<>(german.stringPropertyNames()));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void namesTheSameValues(Method text) {
        String english = text.getAnnotation(Message.class).value();
        String translated = german.getProperty(text.getName(), "");
        assertEquals(values(english), values(translated));
        assertNotEquals(english, translated);
    }

    private static TreeSet<String> values(String text) {
        return VALUE.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }
}
