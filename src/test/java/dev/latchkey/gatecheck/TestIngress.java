package dev.latchkey.gatecheck;

import dev.latchkey.fixture.SelfSigned;
import dev.latchkey.platform.http.CanonicalPath;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLServerSocket;

/** An ingress, a gate and a backend in one, on plain sockets: safe, or with flaws that are known from real ones. */
public final class TestIngress implements AutoCloseable {

    public static final String TOKEN = "head.claims.signature";

    /** What may be wrong. */
    public enum Flaw {
        /** The gate compares the start of the path as it was sent, the backend resolves dots. */
        NORMALISES_DOTS,
        /** The same, and the backend decodes encoded slashes first. */
        DECODES_SLASHES,
        /** The same, and the backend cuts what follows a semicolon in each segment, as Tomcat does. */
        CUTS_PARAMETERS,
        /** The same, and the backend turns backslashes into slashes. */
        TURNS_BACKSLASHES,
        /** The same, and the backend decodes twice. */
        DECODES_TWICE,
        /** The gate resolves dots, the backend does not, and cuts what follows a semicolon. */
        NORMALISES_FOR_GATE,
        /** Both resolve dots: no flaw, though not what the gate specifies. */
        NORMALISES_FOR_BOTH,
        /** The gate ignores the case of ids. */
        FOLDS_CASE,
        /** Passes a client's identity header to the backend before its own. */
        TRUSTS_USER_HEADER,
        /** Passes a client's identity header to the backend if it is spelt with underscores. */
        TRUSTS_UNDERSCORES,
        /** Sends the gate the path of a header that the client has set. */
        TRUSTS_ORIGINAL_URI,
        /** Serves the path of a header that the client has set. */
        REWRITES_URL,
        /** Sends only requests with GET to the gate. */
        KNOWS_GET_ONLY,
        /** Takes the first of several credentials. */
        TAKES_FIRST_TOKEN,
        /** Accepts a token in the query, too. */
        TAKES_TOKEN_FROM_QUERY,
        /** Passes requests for an upgrade past the gate. */
        UPGRADES,
        /** Routes the gate's own endpoint to clients. */
        SHOWS_GATE,
        /** Strips the headers that the client lists in Connection; without an identity header the backend takes another user. */
        STRIPS_HOP_BY_HOP,

        /** The start page of a front end for every path that is not below /api; that is no flaw. */
        HAS_FRONT_END,
        /** The same, and the page is empty. */
        HAS_EMPTY_FRONT_END,

        /** There is no gate. */
        NO_GATE,
        /** The signature is not looked at. */
        READS_CLAIMS_ONLY,
        /** Every valid token opens every route. */
        ONLY_AUTHENTICATES,
        /** Nothing works. */
        BROKEN,
        /** Every request is redirected. */
        REDIRECTS,
        /** Every connection is closed without a response. */
        HANGS_UP
    }

    private static final Pattern ROUTE = Pattern.compile("/api/([^/]+)/tasks");
    private static final Set<Flaw> NAIVE_GATE = EnumSet.of(
            Flaw.NORMALISES_DOTS,
            Flaw.DECODES_SLASHES,
            Flaw.CUTS_PARAMETERS,
            Flaw.TURNS_BACKSLASHES,
            Flaw.DECODES_TWICE);

    private final ServerSocket server;
    private final Set<Flaw> flaws;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger served = new AtomicInteger();
    private volatile int tokenLastsFor = Integer.MAX_VALUE;
    private volatile boolean hasStableBody = true;

    public TestIngress(Flaw... flaws) {
        this(plain(), flaws);
    }

    private TestIngress(ServerSocket server, Flaw... flaws) {
        this.server = server;
        this.flaws = EnumSet.noneOf(Flaw.class);
        this.flaws.addAll(List.of(flaws));
        Thread.ofPlatform().daemon().name("test-ingress").start(this::accept);
    }

    /** Serves TLS as localhost, with a certificate that is written to this file. */
    public static TestIngress secure(Path certificate) {
        try {
            return new TestIngress(SelfSigned.server("localhost", certificate));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocket plain() {
        try {
            return new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return (server instanceof SSLServerSocket ? "https" : "http") + "://localhost:" + server.getLocalPort();
    }

    /** The token expires after so many requests. */
    TestIngress withTokenFor(int count) {
        tokenLastsFor = count;
        return this;
    }

    /** The body contains the number of the request. */
    TestIngress withUnstableBody() {
        hasStableBody = false;
        return this;
    }

    /** The heads of all requests so far. */
    public List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException alreadyClosed) {
            // As intended.
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return;
                }
                head.append((char) c);
            }
            requests.add(head.toString());
            OutputStream out = client.getOutputStream();
            out.write(respond(head.toString()).getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException clientGone) {
            // There is no one to respond to.
        }
    }

    private String respond(String head) {
        int number = served.incrementAndGet();
        String[] lines = head.split("\r\n");
        String[] parts = lines[0].split(" ", 2);
        String method = parts[0];
        String target = parts[1].substring(0, parts[1].lastIndexOf(' '));
        List<String> headers = List.of(lines).subList(1, lines.length);
        if (has(Flaw.HANGS_UP)) {
            return "";
        }
        if (has(Flaw.BROKEN)) {
            return status("500 Broken");
        }
        if (has(Flaw.REDIRECTS)) {
            return "HTTP/1.1 301 Elsewhere\r\nLocation: https://app.example.com" + target
                    + "\r\nContent-Length: 0\r\n\r\n";
        }
        if (has(Flaw.UPGRADES) && header(headers, "Upgrade").isPresent()) {
            return "HTTP/1.1 101 Upgraded\r\nConnection: Upgrade\r\n\r\n";
        }
        if (has(Flaw.HAS_FRONT_END) && !target.startsWith("/api/")) {
            return "HTTP/1.1 200 Here\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n<html></html>\r\n0\r\n\r\n";
        }
        if (has(Flaw.HAS_EMPTY_FRONT_END) && !target.startsWith("/api/")) {
            return status("200 Here");
        }
        boolean isGate = target.startsWith("/api/auth/verify");
        Optional<String> named = header(headers, "X-Original-URI");
        if (isGate && !has(Flaw.SHOWS_GATE)) {
            return status("404 Internal");
        }
        if (has(Flaw.NORMALISES_FOR_BOTH)) {
            target = normalised(target);
        }
        String gateTarget = named.isPresent() && (isGate || has(Flaw.TRUSTS_ORIGINAL_URI)) ? named.get() : target;
        if (has(Flaw.NORMALISES_FOR_GATE)) {
            gateTarget = normalised(gateTarget);
        }
        int result = has(Flaw.KNOWS_GET_ONLY) && !method.equals("GET") ? 200 : gate(gateTarget, headers, number);
        if (result != 200) {
            return status(result + " Refused");
        }
        return isGate ? status("200 Allowed") : backend(method, target, headers, number);
    }

    private boolean has(Flaw flaw) {
        return flaws.contains(flaw);
    }

    private int gate(String target, List<String> headers, int number) {
        if (has(Flaw.NO_GATE)) {
            return 200;
        }
        String owner;
        if (flaws.stream().anyMatch(NAIVE_GATE::contains)) {
            owner = target.split("[/;?\\\\]", -1).length > 2 ? target.split("[/;?\\\\]", -1)[2] : "";
            owner = owner.replaceAll("%.*", "");
        } else if (CanonicalPath.read(target) instanceof CanonicalPath.Canonical path
                && path.segments().size() == 3
                && path.segments().get(0).equals("api")
                && path.segments().get(2).equals("tasks")) {
            owner = path.segments().get(1);
        } else {
            return 403;
        }
        if (number > tokenLastsFor || !isGood(target, headers)) {
            return 401;
        }
        boolean isOwner = has(Flaw.FOLDS_CASE) ? owner.equalsIgnoreCase("ada") : owner.equals("ada");
        return isOwner || has(Flaw.ONLY_AUTHENTICATES) ? 200 : 403;
    }

    private boolean isGood(String target, List<String> headers) {
        List<String> credentials = headers(headers, "Authorization");
        if (has(Flaw.TAKES_TOKEN_FROM_QUERY) && target.endsWith("?access_token=" + TOKEN)) {
            return true;
        }
        if (credentials.isEmpty() || credentials.size() > 1 && !has(Flaw.TAKES_FIRST_TOKEN)) {
            return false;
        }
        String credential = credentials.getFirst();
        return has(Flaw.READS_CLAIMS_ONLY)
                ? credential.startsWith("Bearer head.claims.")
                : credential.equals("Bearer " + TOKEN);
    }

    private String backend(String method, String target, List<String> headers, int number) {
        String path = has(Flaw.REWRITES_URL) ? header(headers, "X-Rewrite-URL").orElse(target) : target;
        path = path.split("[?#]", 2)[0];
        if (has(Flaw.DECODES_SLASHES)) {
            path = path.replaceAll("(?i)%2f", "/");
        }
        if (has(Flaw.DECODES_TWICE)) {
            path = path.replaceAll("(?i)%252f", "/").replaceAll("(?i)%252e", ".");
        }
        if (has(Flaw.TURNS_BACKSLASHES)) {
            path = path.replace('\\', '/');
        }
        if (has(Flaw.NORMALISES_FOR_GATE)) {
            path = path.split(";", 2)[0];
        }
        if (has(Flaw.CUTS_PARAMETERS)) {
            path = path.replaceAll(";[^/]*", "");
        }
        if (flaws.stream().anyMatch(NAIVE_GATE::contains)) {
            path = normalised(path);
        }
        Matcher route = ROUTE.matcher(path);
        if (!route.matches()) {
            return status("404 No route");
        }
        String user = URLDecoder.decode(route.group(1), StandardCharsets.UTF_8);
        if (has(Flaw.FOLDS_CASE)) {
            user = user.toLowerCase(Locale.ROOT);
        }
        if (has(Flaw.TRUSTS_USER_HEADER)) {
            user = header(headers, "X-Auth-User-Id").orElse(user);
        }
        if (has(Flaw.TRUSTS_UNDERSCORES)) {
            user = header(headers, "X_Auth_User_Id").orElse(user);
        }
        if (has(Flaw.STRIPS_HOP_BY_HOP)
                && header(headers, "Connection").orElse("").contains("X-Auth-User-Id")) {
            user = "nobody";
        }
        String body = "{\"user\":\"" + user + "\",\"tasks\":[]" + (hasStableBody ? "" : ",\"request\":" + number) + "}";
        return "HTTP/1.1 200 Here\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + (method.equals("HEAD") ? "" : body);
    }

    private static String normalised(String path) {
        try {
            return URI.create(path).normalize().getPath();
        } catch (IllegalArgumentException unreadable) {
            return path;
        }
    }

    private static Optional<String> header(List<String> headers, String name) {
        return headers(headers, name).stream().findFirst();
    }

    private static List<String> headers(List<String> headers, String name) {
        return headers.stream()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .toList();
    }

    private static String status(String words) {
        return "HTTP/1.1 " + words + "\r\nContent-Length: 0\r\n\r\n";
    }
}
