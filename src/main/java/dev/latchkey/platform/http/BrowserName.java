package dev.latchkey.platform.http;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a client in a few words, by its User-Agent header: {@code Firefox, Windows}.
 *
 * <p>Security: an attacker writes the header. The words are ours, or the one name in letters with which the header begins: no
 * link, no markup, no sentence.
 */
public final class BrowserName {

    private static final Pattern PROGRAM = Pattern.compile("([A-Za-z]{1,20})(?:[/ ].*)?");

    /** What a browser's header contains, and its name. The order matters: most of them also claim to be the later ones. */
    private static final List<Word> BROWSERS = List.of(
            new Word("Edg", "Edge"),
            new Word("OPR/", "Opera"),
            new Word("SamsungBrowser/", "Samsung Internet"),
            new Word("Firefox/", "Firefox"),
            new Word("FxiOS/", "Firefox"),
            new Word("Chrome/", "Chrome"),
            new Word("CriOS/", "Chrome"),
            new Word("Safari/", "Safari"));

    private static final List<Word> SYSTEMS = List.of(
            new Word("iPhone", "iOS"),
            new Word("iPad", "iOS"),
            new Word("Android", "Android"),
            new Word("Windows", "Windows"),
            new Word("Mac OS X", "macOS"),
            new Word("CrOS", "ChromeOS"),
            new Word("Linux", "Linux"));

    private BrowserName() {}

    private record Word(String contained, String name) {}

    /** Returns the name; empty if the header has none. */
    public static String of(String userAgent) {
        if (!userAgent.startsWith("Mozilla/")) {
            Matcher program = PROGRAM.matcher(userAgent);
            return program.matches() ? program.group(1) : "";
        }
        String browser = find(BROWSERS, userAgent);
        String system = find(SYSTEMS, userAgent);
        return browser.isEmpty() || system.isEmpty() ? browser + system : browser + ", " + system;
    }

    private static String find(List<Word> words, String userAgent) {
        return words.stream()
                .filter(word -> userAgent.contains(word.contained()))
                .map(Word::name)
                .findFirst()
                .orElse("");
    }
}
