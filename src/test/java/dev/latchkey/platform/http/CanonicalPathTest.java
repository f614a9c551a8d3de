package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.http.CanonicalPath.Ambiguous;
import dev.latchkey.platform.http.CanonicalPath.Canonical;
import dev.latchkey.platform.http.CanonicalPath.Reading;
import dev.latchkey.platform.http.CanonicalPath.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** SC-005: whatever is done to the path, gate and backend read the same one, or it is refused. */
class CanonicalPathTest {

    /** Reason, one blank, target. {@code \s} keeps a blank at the end of a line. */
    private static final String REFUSED = """
            NOT_ROOTED\s
            NOT_ROOTED ?
            NOT_ROOTED ?/api/users/1
            NOT_ROOTED *
            NOT_ROOTED api/users/1
            NOT_ROOTED \\api\\users
            NOT_ROOTED  /api
            NOT_ROOTED http://localhost/api/users/1
            NOT_ROOTED HTTP://localhost/api/users/1
            NOT_ROOTED localhost:443
            NOT_ROOTED //
            NOT_ROOTED //api/users/1
            NOT_ROOTED //evil.example/api
            NOT_ROOTED ///
            NOT_ROOTED %2Fapi/users/1
            NOT_ROOTED ;/api
            NOT_ROOTED #/api
            EMPTY_SEGMENT /api//users/1
            EMPTY_SEGMENT /api/users//1
            EMPTY_SEGMENT /api/users/1//
            EMPTY_SEGMENT /api///1
            EMPTY_SEGMENT /api/users//?x=1
            DOT_SEGMENT /.
            DOT_SEGMENT /..
            DOT_SEGMENT /./
            DOT_SEGMENT /../
            DOT_SEGMENT /api/./users
            DOT_SEGMENT /api/users/1/../2
            DOT_SEGMENT /api/users/1/..
            DOT_SEGMENT /api/users/1/../
            DOT_SEGMENT /api/users/1/..?/x
            DOT_SEGMENT /api/users/1/%2e%2e/2
            DOT_SEGMENT /api/users/1/%2E%2E/2
            DOT_SEGMENT /api/users/1/%2e%2E/2
            DOT_SEGMENT /api/users/1/.%2e/2
            DOT_SEGMENT /api/users/1/%2E./2
            DOT_SEGMENT /api/users/1/%2e/2
            DOT_SEGMENT /api/.../2
            DOT_SEGMENT /api/..../2
            DOT_SEGMENT /api/..%20/2
            DOT_SEGMENT /api/.%20/2
            DOT_SEGMENT /api/..%20./2
            DOT_SEGMENT /api/..%20%20%20/2
            DOT_SEGMENT /api/%20../2
            DOT_SEGMENT /api/..%00/2
            DOT_SEGMENT /api/..%09/2
            DOT_SEGMENT /api/..%0d%0a/2
            DOT_SEGMENT /api/.%7f./2
            DOT_SEGMENT /api/..%c2%80/2
            DOT_SEGMENT /api/..%c2%85/2
            DOT_SEGMENT /api/..%c2%a0/2
            DOT_SEGMENT /api/..%e3%80%80/2
            DOT_SEGMENT /api/..%e2%80%8b/2
            DOT_SEGMENT /api/.%e2%80%8d./2
            DOT_SEGMENT /api/..%ef%bb%bf/2
            DOT_SEGMENT /api/..%c2%ad/2
            BACKSLASH /api\\users
            BACKSLASH /\\evil.example/api
            BACKSLASH /api/users/1\\..\\2
            BACKSLASH /api/users/1/..\\2
            BACKSLASH /api/users/1%5c2
            BACKSLASH /api/users/1%5C2
            BACKSLASH /api/..%5c..%5c2
            BACKSLASH /%5c%5cevil/share
            ENCODED_SLASH /api%2Fusers/1
            ENCODED_SLASH /api/users/1%2f2
            ENCODED_SLASH /%2f
            ENCODED_SLASH /api/..%2f2
            ENCODED_SLASH /api/users/1/%2e%2e%2f2
            ENCODED_SLASH /api/users/1%2F?x
            SEMICOLON /api/users/1;a=b
            SEMICOLON /api;/users/1
            SEMICOLON /api/;/users
            SEMICOLON /api/..;/users
            SEMICOLON /api/.;a=b/users
            SEMICOLON /api/users/1%3b
            SEMICOLON /api/users/1%3Ba=b/x
            SEMICOLON /;
            CONTROL_CHARACTER /api/users/1\0
            CONTROL_CHARACTER /api/users/1\t
            CONTROL_CHARACTER /api/users/1\u001f2
            CONTROL_CHARACTER /api/users/1\u007f
            CONTROL_CHARACTER /api/users/1%00
            CONTROL_CHARACTER /api/users/1%00.json
            CONTROL_CHARACTER /api/users/%0a1
            CONTROL_CHARACTER /api/users/1%0D%0AHost:x
            CONTROL_CHARACTER /api/users/1%1F
            CONTROL_CHARACTER /api/users/1%7f
            CONTROL_CHARACTER /api/users/1%7F
            CONTROL_CHARACTER /api/users/1%C2%80
            CONTROL_CHARACTER /api/users/1%c2%9f
            CONTROL_CHARACTER /%00
            CONTROL_CHARACTER /%09
            UNENCODED /api/users/1\s
            UNENCODED /api/users/1 HTTP/1.1
            UNENCODED /api/users/\u00e9
            UNENCODED /api/users/\u00c3\u00a9
            UNENCODED /api/users/\u0085
            UNENCODED /api/users/\u009f
            UNENCODED /api\u2215users
            UNENCODED /api\uff0fusers
            UNENCODED /api/\uff0e\uff0e/users
            UNENCODED /api/\u012e\u012e/users
            UNENCODED /api\u012fusers
            UNENCODED /api/users/\ud83d\ude00
            UNENCODED /api/users/\ud83d
            HASH_OR_QUESTION_MARK /api/users/1#
            HASH_OR_QUESTION_MARK /api/users/1#/x?y
            HASH_OR_QUESTION_MARK /#
            HASH_OR_QUESTION_MARK /api/users/1%23
            HASH_OR_QUESTION_MARK /api/users/1%23/../2
            HASH_OR_QUESTION_MARK /api/users/1%3f
            HASH_OR_QUESTION_MARK /api/users/1%3Fx=1
            HASH_OR_QUESTION_MARK /api/users/1%3f?x=1
            BAD_ESCAPE /api/users/%
            BAD_ESCAPE /api/users/%?
            BAD_ESCAPE /api/users/%1
            BAD_ESCAPE /api/users/%1?1
            BAD_ESCAPE /api/users/%/41
            BAD_ESCAPE /api/users/%4/1
            BAD_ESCAPE /api/users/%zz
            BAD_ESCAPE /api/users/%4g
            BAD_ESCAPE /api/users/%%41
            BAD_ESCAPE /api/users/%u0041
            BAD_ESCAPE /api/%u002e%u002e/2
            BAD_ESCAPE /api/users/%0x41
            BAD_ESCAPE /api/users/%+1
            BAD_ESCAPE /api/users/%-1
            BAD_ESCAPE /api/users/%\s41
            DOUBLE_ENCODING /api/users/%2541
            DOUBLE_ENCODING /api/%252e%252e/2
            DOUBLE_ENCODING /api/%252E./2
            DOUBLE_ENCODING /api%252fusers
            DOUBLE_ENCODING /api%255cusers
            DOUBLE_ENCODING /api%25252fusers
            DOUBLE_ENCODING /api%25%32%66users
            DOUBLE_ENCODING /api%25%32fusers
            DOUBLE_ENCODING /api%252%66users
            DOUBLE_ENCODING /api/users/1%2500
            DOUBLE_ENCODING /api/users/1%25u002f2
            DOUBLE_ENCODING /api/users/1%25%552215
            BAD_UTF8 /api/users/%80
            BAD_UTF8 /api/users/%ff
            BAD_UTF8 /api/users/%fe
            BAD_UTF8 /api/users/%e9
            BAD_UTF8 /api/users/%c3
            BAD_UTF8 /api/users/%c3/%a9
            BAD_UTF8 /api/users/%c3x%a9
            BAD_UTF8 /api/users/%e2%82
            BAD_UTF8 /api%c0%afusers
            BAD_UTF8 /api/%c0%ae%c0%ae/2
            BAD_UTF8 /api/%c1%9c
            BAD_UTF8 /api%e0%80%afusers
            BAD_UTF8 /api%f0%80%80%afusers
            BAD_UTF8 /api%f8%80%80%80%afusers
            BAD_UTF8 /api/users/%c0%80
            BAD_UTF8 /api/users/%ed%a0%80
            BAD_UTF8 /api/users/%ed%a0%bd%ed%b8%80
            BAD_UTF8 /api/users/%f4%90%80%80
            BAD_UTF8 /api/users/1%a0
            NOT_NFC /api/users/e%cc%81
            NOT_NFC /api/users/Jose%CC%81
            NOT_NFC /api/users/%e2%84%ab
            NOT_NFC /api/users/%e1%84%80%e1%85%a1
            NOT_NFC /api/users/a%cc%81%cc%a3
            NOT_NFC /api/users/%e2%84%a6
            LOOK_ALIKE /api%ef%bc%8fusers
            LOOK_ALIKE /api%EF%BC%8Fusers
            LOOK_ALIKE /api%ef%bc%bcusers
            LOOK_ALIKE /api%ef%b9%a8users
            LOOK_ALIKE /api/%ef%bc%8e%ef%bc%8e/2
            LOOK_ALIKE /api/.%ef%bc%8e/2
            LOOK_ALIKE /api/%e2%80%a4%e2%80%a4/2
            LOOK_ALIKE /api/%e2%80%a5/2
            LOOK_ALIKE /api/%e2%80%a6/2
            LOOK_ALIKE /api/%ef%b8%99/2
            LOOK_ALIKE /api/%ef%b8%b0/2
            LOOK_ALIKE /api/%ef%b9%92/2
            LOOK_ALIKE /api/users/1%ef%bc%9f
            LOOK_ALIKE /api/users/1%ef%b9%96
            LOOK_ALIKE /api/users/1%e2%81%87
            LOOK_ALIKE /api/users/1%ef%bc%83
            LOOK_ALIKE /api/users/1%ef%b9%9f
            LOOK_ALIKE /api/users/1%ef%bc%9b
            LOOK_ALIKE /api/users/1%ef%b9%94
            LOOK_ALIKE /api/users/1%cd%be
            LOOK_ALIKE /api/users/1%ef%bc%85
            LOOK_ALIKE /api/users/%ef%b9%aa41
            LOOK_ALIKE /api/users/1%ef%bc%9a2
            LOOK_ALIKE /api/users/1%ef%b9%95
            LOOK_ALIKE /api/users/a%ef%bc%a0b
            LOOK_ALIKE /api/users/a%ef%b9%ab
            LOOK_ALIKE /api/users/%e2%84%80
            LOOK_ALIKE /api/users/%e2%84%85
            LOOK_ALIKE /api/users/%e2%84%86
            LOOK_ALIKE /api/users/%e2%92%88
            LOOK_ALIKE /api/users/%e2%a9%b4
            LOOK_ALIKE /api/users/%ef%bc%bb1%ef%bc%bd
            LOOK_ALIKE /api%e2%88%95users
            LOOK_ALIKE /api%e2%81%84users
            LOOK_ALIKE /api%e2%88%96users
            LOOK_ALIKE /api%e2%a7%b8users
            LOOK_ALIKE /api%e2%a7%b9users
            """;

    /** Target, a blank, the segments, each behind a bar. */
    private static final String READ = """
            / =
            /? =
            /?/../x =
            /api =|api
            /api/ =|api
            /api?x =|api
            /api/?x =|api
            /api/users/42 =|api|users|42
            /api/users/42/ =|api|users|42
            /api/users/42?user_id=43 =|api|users|42
            /api/users/42?a=/../43 =|api|users|42
            /api/users/42?//;#%zz\\\0%00 =|api|users|42
            /api/users/42??x =|api|users|42
            /API/Users/42 =|API|Users|42
            /api/us%65rs/%34%32 =|api|users|42
            /%61%70%69/%75sers =|api|users
            /%7Euser/%2d%5f =|~user|-_
            /.well-known/jwks.json =|.well-known|jwks.json
            /%2ewell-known/x =|.well-known|x
            /..a/b../a..b/.a. =|..a|b..|a..b|.a.
            /api/a./b%20 =|api|a.|b\s
            /api/%20/%2b+ =|api| |++
            /api/100%25 =|api|100%
            /api/100%25/41 =|api|100%|41
            /api/%25zz =|api|%zz
            /api/%25u00g1 =|api|%u00g1
            /api/a:b@c,d=e&f!g$h'i(j)k*l =|api|a:b@c,d=e&f!g$h'i(j)k*l
            /api/a%3Ab%40c%2Cd%3De%26f =|api|a:b@c,d=e&f
            /api/[]^`{}<>"~ =|api|[]^`{}<>"~
            /api/%22%3c%3E%5b%5d =|api|"<>[]
            /api/Jos%C3%A9 =|api|Jos\u00e9
            /api/%E6%97%A5%e6%9c%ac =|api|\u65e5\u672c
            /api/%F0%9F%98%80 =|api|\ud83d\ude00
            /api/%ef%bf%bd =|api|\ufffd
            /api/%EF%BC%88%EF%BC%89%EF%BC%8C =|api|\uff08\uff09\uff0c
            /api/%ef%ac%81 =|api|\ufb01
            /api/%e3%80%82 =|api|\u3002
            /api/%e2%89%a0 =|api|\u2260
            /api/%c4%b0 =|api|\u0130
            /* =|*
            /http:/x =|http:|x
            """;

    static Stream<Arguments> refused() {
        return REFUSED.lines().map(line -> {
            int blank = line.indexOf(' ');
            return Arguments.of(Reason.valueOf(line.substring(0, blank)), line.substring(blank + 1));
        });
    }

    /** Routes ignore a slash at the end, and read encoded letters as letters. */
    @ParameterizedTest
    @CsvSource({
        "/api/auth/login, /api/auth/login",
        "/api/auth/login/, /api/auth/login",
        "/api/auth/%6Cogin, /api/auth/login",
        "/api/users/a%20b/, /api/users/a%20b",
        "/, /",
        "/api//auth/login, /api//auth/login",
        "/api/auth/login;a, /api/auth/login;a"
    })
    void namesTheRouteOfAPath(String path, String route) {
        assertEquals(route.equals("/") ? CanonicalPath.route("/") : route, CanonicalPath.route(path));
    }

    static Stream<Arguments> read() {
        return READ.lines().map(line -> {
            int mark = line.indexOf(" =");
            String segments = line.substring(mark + 2);
            return Arguments.of(
                    line.substring(0, mark),
                    segments.isEmpty()
                            ? List.of()
                            : List.of(segments.substring(1).split("\\|", -1)));
        });
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refused")
    void refusesPathsThatServersReadDifferently(Reason reason, String target) {
        assertEquals(new Ambiguous(reason), CanonicalPath.read(target));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("read")
    void acceptsPathsWithOneMeaning(String target, List<String> segments) {
        assertEquals(
                segments,
                assertInstanceOf(Canonical.class, CanonicalPath.read(target)).segments());
    }

    @Test
    void tableHasARefusalForEachReason() {
        Set<Reason> missing = EnumSet.allOf(Reason.class);
        refused().forEach(row -> missing.remove((Reason) row.get()[0]));
        assertEquals(Set.of(Reason.TOO_LONG), missing);
    }

    @Test
    void refusesPathsOfMoreThan8KiB() {
        String longest = "/" + "a".repeat(8191);
        assertInstanceOf(Canonical.class, CanonicalPath.read(longest));
        assertEquals(new Ambiguous(Reason.TOO_LONG), CanonicalPath.read(longest + "a"));
        assertEquals(new Ambiguous(Reason.TOO_LONG), CanonicalPath.read("/" + "%41".repeat(2731)));
        assertInstanceOf(Canonical.class, CanonicalPath.read(longest + "?" + "q".repeat(100_000)));
    }

    @Test
    void distinguishesTrailingSlash() {
        assertEquals(new Canonical(List.of("a"), true), CanonicalPath.read("/a/"));
        assertEquals(new Canonical(List.of("a"), true), CanonicalPath.read("/a/?b"));
        assertEquals(new Canonical(List.of("a"), false), CanonicalPath.read("/a?b/"));
        assertEquals(new Canonical(List.of(), false), CanonicalPath.read("/"));
    }

    @Test
    void refusesEachControlCharacterHoweverItIsSpelt() {
        for (int c = 0; c <= 0x9F; c++) {
            if (!Character.isISOControl(c)) {
                continue;
            }
            String encoded = c < 0x80 ? "%%%02x".formatted(c) : "%%c2%%%02X".formatted(c);
            assertEquals(new Ambiguous(Reason.CONTROL_CHARACTER), CanonicalPath.read("/a" + encoded + "b"));
            assertInstanceOf(Ambiguous.class, CanonicalPath.read("/a" + (char) c + "b"));
        }
    }

    @Test
    void readsEncodedAndRawSpellingsOfPrintableAsciiAlike() {
        for (char c = '!'; c <= '~'; c++) {
            if (c == '/' || c == '?' || c == '%') {
                continue;
            }
            String encoded = "/a%%%02x".formatted((int) c);
            assertEquals(CanonicalPath.read("/a" + c), CanonicalPath.read(encoded), encoded);
        }
    }

    @Test
    void givesReasonWithoutRepeatingThePath() {
        for (Reason reason : Reason.values()) {
            assertFalse(reason.text().isBlank());
            assertTrue(reason.text().matches("[A-Za-z0-9 -]+"), reason.text());
        }
    }

    @Test
    void segmentsAreImmutable() {
        Canonical canonical = assertInstanceOf(Canonical.class, CanonicalPath.read("/a/b"));
        assertThrows(
                UnsupportedOperationException.class, () -> canonical.segments().set(1, "c"));
    }

    @Test
    void agreesWithItselfAndWithJavaOnRandomPaths() throws URISyntaxException {
        List<String> pieces = List.of(
                "/",
                "/",
                "/",
                "/",
                "a",
                "api",
                "42",
                ".",
                "..",
                "%2e",
                "%2E",
                "%2f",
                "%5c",
                "\\",
                ";",
                "%3b",
                "%",
                "%25",
                "%252e",
                "%25u",
                "2e",
                "%c3%a9",
                "%c3",
                "%a9",
                "e%cc%81",
                "%cc%81",
                "%ef%bc%8f",
                "%e2%80%a6",
                "%20",
                " ",
                "+",
                "?",
                "%3f",
                "#",
                "%00",
                "\0",
                "\n",
                "%0a",
                "%7f",
                "%c2%85",
                "\u00e9",
                "\u012f",
                "%F0%9F%98%80",
                "~",
                ":",
                "@",
                "|",
                "[",
                "{",
                "^",
                "%e2%89%a0",
                "=",
                "%cc%b8",
                "A",
                "%41",
                "%c0%ae",
                "\ud800",
                "%ed%a0%80");
        Random random = new Random(20_240_607);
        int accepted = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder target = new StringBuilder(random.nextInt(20) == 0 ? "" : "/");
            for (int i = random.nextInt(9); i > 0; i--) {
                target.append(
                        random.nextInt(30) == 0
                                ? Character.toString(random.nextInt(0x180))
                                : pieces.get(random.nextInt(pieces.size())));
            }
            Reading reading = CanonicalPath.read(target.toString());
            if (reading instanceof Canonical canonical) {
                accepted++;
                assertHasNothingLeftToInterpret(canonical);
                assertEquals(canonical, CanonicalPath.read(canonical.encoded()), target.toString());
                assertEquals(canonical.encoded(), reencoded(canonical.encoded()));
                assertEquals(segmentsByJava(target.toString()), canonical.segments(), target.toString());
                assertEquals(segmentsByJava(canonical.encoded()), canonical.segments(), target.toString());
            }
        }
        assertTrue(accepted > 4_000, "only " + accepted + " were accepted: the pieces are too hostile to prove much");
    }

    private static void assertHasNothingLeftToInterpret(Canonical canonical) {
        for (String segment : canonical.segments()) {
            assertFalse(segment.isEmpty() || segment.equals(".") || segment.equals(".."), segment);
            assertFalse(segment.matches("(?s).*[/\\\\;?#\\p{Cntrl}].*|.*%\\p{XDigit}{2}.*"), segment);
        }
    }

    private static String reencoded(String encoded) {
        return assertInstanceOf(Canonical.class, CanonicalPath.read(encoded)).encoded();
    }

    private static List<String> segmentsByJava(String target) throws URISyntaxException {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        // java.net.URI wants these encoded, which browsers and servers do not.
        for (String raw : List.of("\"", "<", ">", "[", "]", "^", "`", "{", "|", "}")) {
            path = path.replace(raw, "%%%02X".formatted((int) raw.charAt(0)));
        }
        URI uri = new URI(path);
        assertEquals(path, uri.normalize().getRawPath(), "nothing to normalize");
        String decoded = uri.getPath().replaceFirst("^/", "").replaceFirst("/$", "");
        return decoded.isEmpty() ? List.of() : List.of(decoded.split("/", -1));
    }

    /** The targets of the service's own routes, which {@link PathFilter} reads in the same way. */
    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080/api/auth/session, NOT_ROOTED",
        "//localhost/api/auth/session, NOT_ROOTED",
        "*, NOT_ROOTED",
        "/api/users/1/../2, DOT_SEGMENT",
        "/api/users/1;x, SEMICOLON",
        "/api/users/1%2f2, ENCODED_SLASH",
    })
    void refusesAmbiguousTargetsOfOwnRoutes(String target, Reason reason) {
        assertEquals(new Ambiguous(reason), CanonicalPath.read(target));
    }

    @Test
    void ignoresQueryOfOwnRoutes() {
        assertInstanceOf(Canonical.class, CanonicalPath.read("/api/users/%34%32?a=../b"));
    }
}
