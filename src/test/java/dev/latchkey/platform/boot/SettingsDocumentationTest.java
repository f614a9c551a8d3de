package dev.latchkey.platform.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every setting of the configuration mappings stands in a table of the documentation, with its default and its variable. */
class SettingsDocumentationTest {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^:}]+):?([^}]*)}");

    @Test
    void everySettingIsDocumented() throws IOException {
        Map<String, Set<String>> documented = new HashMap<>();
        read("docs/operations.md", "", documented);
        read("docs/trusted-issuers.md", "latchkey.token.trusted.<name>.", documented);
        Map<String, String> settings = settings();
        assertFalse(settings.isEmpty());

        List<String> wrong = new ArrayList<>();
        settings.forEach((name, defaultValue) -> {
            if (!documented.containsKey(name)) {
                wrong.add(name + " is not documented");
            } else if (!documented.get(name).containsAll(facts(defaultValue))) {
                wrong.add(name + ": the row does not have " + facts(defaultValue));
            }
        });
        assertEquals(List.of(), wrong);
    }

    /** What a row must have: the default, and the variable that it refers to. */
    private static Set<String> facts(String defaultValue) {
        Set<String> facts = new HashSet<>();
        Matcher reference = REFERENCE.matcher(defaultValue);
        if (!reference.matches()) {
            facts.add(defaultValue);
        } else if (reference.group(1).startsWith("LATCHKEY_")) {
            facts.addAll(List.of(reference.group(1), reference.group(2)));
        }
        facts.remove("");
        return facts;
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.latchkey")) {
            if (type.isAnnotatedWith(ConfigMapping.class)) {
                ConfigClass.configClass(type.reflect()).getProperties().forEach((name, defaultValue) -> {
                    if (!name.endsWith("[*]")) {
                        settings.put(name.replace("[*]", "[n]"), defaultValue == null ? "" : defaultValue);
                    }
                });
            }
        }
        return settings;
    }

    /**
     * Reads what is in code type in each row of the tables, by the settings that the row describes: {@code a.limit}, {@code .window}
     * are two.
     */
    private static void read(String page, String prefix, Map<String, Set<String>> documented) throws IOException {
        for (String row : Files.readAllLines(Path.of(page))) {
            if (!row.startsWith("|")) {
                continue;
            }
            List<String> codes = CODE.matcher(row)
                    .results()
                    .map((MatchResult code) -> code.group(1))
                    .toList();
            String before = "";
            for (String code : codes) {
                String name =
                        code.startsWith(".") ? before.substring(0, before.lastIndexOf('.')) + code : prefix + code;
                if (name.startsWith("latchkey.")) {
                    documented
                            .computeIfAbsent(name.replaceAll("<\\w+>", "*"), setting -> new HashSet<>())
                            .addAll(codes);
                    before = name;
                }
            }
        }
    }
}
