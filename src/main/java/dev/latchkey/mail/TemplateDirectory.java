package dev.latchkey.mail;

import dev.latchkey.mail.TemplateFile.Name;
import io.quarkus.qute.TemplateException;
import io.quarkus.qute.TemplateNode.Origin;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The templates that an operator has put in place of ours.
 *
 * @param contents those that were parsed and tried
 * @param problems what is wrong with the others, each with file, line and remedy
 */
record TemplateDirectory(Map<Name, String> contents, List<String> problems) {

    static final TemplateDirectory NONE = new TemplateDirectory(Map.of(), List.of());

    /** Far more than an e-mail has; larger files are something else, an image for example. */
    private static final int MAX_SIZE = 64 * 1024;

    private static final String REMEDY = "; correct it, or remove it and ours is used";
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    static TemplateDirectory read(Path directory) {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> listed = Files.list(directory)) {
            // Hidden files belong to others: Kubernetes keeps the versions of a mounted ConfigMap in some.
            listed.filter(file -> !name(file).startsWith(".")).forEach(file -> files.put(name(file), file));
        } catch (IOException e) {
            return new TemplateDirectory(
                    Map.of(),
                    List.of("names no directory that can be read: %s (%s)"
                            .formatted(directory, e.getClass().getSimpleName())));
        }
        Map<Name, String> contents = new HashMap<>();
        List<String> problems = new ArrayList<>();
        files.forEach((name, file) -> read(name, file, contents, problems));
        contents.keySet().stream()
                .filter(Name::html)
                .filter(html -> !EmailTemplates.SHIPPED.contains(html.language()))
                .map(html -> new Name(html.kind(), html.language(), false))
                .filter(text -> !contents.containsKey(text) && !files.containsKey(text.fileName()))
                .map(text -> "%s is missing: the e-mail in HTML beside it needs a plain text, which has the subject"
                        .formatted(directory.resolve(text.fileName())))
                .sorted()
                .forEach(problems::add);
        return new TemplateDirectory(Map.copyOf(contents), List.copyOf(problems));
    }

    private static void read(String fileName, Path file, Map<Name, String> contents, List<String> problems) {
        Name name = Name.parse(fileName).orElse(null);
        if (name == null) {
            problems.add(
                    ("%s is not the name of a template; write password-reset.de.txt or .html: what it is for (%s), the"
                                    + " language and the form")
                            .formatted(
                                    file,
                                    Arrays.stream(EmailKind.values())
                                            .map(EmailKind::id)
                                            .collect(Collectors.joining(", "))));
            return;
        }
        try {
            if (Files.size(file) > MAX_SIZE) {
                problems.add(file + " is larger than " + MAX_SIZE / 1024 + " KiB" + REMEDY);
                return;
            }
            String content = normalized(Files.readString(file));
            TemplateFile.parse(name, content).check();
            contents.put(name, content);
        } catch (CharacterCodingException e) {
            problems.add(file + " is no text in UTF-8" + REMEDY);
        } catch (IOException e) {
            problems.add("%s cannot be read (%s)%s".formatted(file, e.getClass().getSimpleName(), REMEDY));
        } catch (TemplateException e) {
            problems.add("%s, line %d: %s; the values are %s%s"
                    .formatted(
                            file,
                            line(e),
                            message(e),
                            name.kind().samples().keySet().stream()
                                    .map(value -> "{" + value + "}")
                                    .collect(Collectors.joining(", ")),
                            REMEDY));
        } catch (RuntimeException e) {
            // What an expression throws while it is tried, such as a comparison of a text with a number.
            problems.add("%s does not work with the values of an e-mail (%s)%s"
                    .formatted(file, e.getClass().getSimpleName(), REMEDY));
        }
    }

    private static String normalized(String content) {
        String text = content.replace("\r\n", "\n");
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    /** Returns the line of an error; what is wrong with a whole template is said of its first. */
    private static int line(TemplateException error) {
        Origin origin = error.getOrigin();
        return origin == null ? 1 : Math.max(1, origin.getLine());
    }

    private static String message(TemplateException error) {
        @Nullable String message = error.getMessage();
        return Objects.requireNonNullElse(message, "it cannot be parsed").replace('\n', ' ');
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
