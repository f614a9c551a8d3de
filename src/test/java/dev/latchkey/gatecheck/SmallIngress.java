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

/** An ingress with a gate and a backend in one, on plain sockets: right, or wrong in ways that are known from elsewhere. */
public final class SmallIngress implements AutoCloseable {

    public static final String TOKEN = "head.claims.signature";

    /** What may be wrong with it. */
    public enum Fault {
        /** The gate compares the beginning of the path as it came, the backend resolves dots. */
        NORMALISES_DOTS,
        /** The same, and the backend decodes an encoded slash before. */
        DECODES_SLASHES,
        /** The same, and the backend cuts what follows a semicolon in each segment, as Tomcat does. */
        CUTS_PARAMETERS,
        /** The same, and the backend turns backslashes into slashes. */
        TURNS_BACKSLASHES,
        /** The same, and the backend decodes twice. */
        DECODES_TWICE,
        /** The gate resolves dots, the backend does not, and cuts what follows a semicolon. */
        NORMALISES_FOR_GATE,
        /** Both resolve dots: no fault, though the gate's contract is another. */
        NORMALISES_FOR_BOTH,
        /** The gate does not care about the case of ids. */
        FOLDS_CASE,
        /** Names a client's header to the backend before its own. */
        TRUSTS_USER_HEADER,
        /** Names a client's header to the backend also if it is spelt with underscores. */
        TRUSTS_UNDERSCORES,
        /** Asks the gate about the path that the client names. */
        TRUSTS_ORIGINAL_URI,
        /** Serves the path that the client names. */
        REWRITES_URL,
        /** Asks the gate only about the methods that it knows. */
        KNOWS_GET_ONLY,
        /** Takes the first of several credentials. */
        TAKES_FIRST_TOKEN,
        /** Takes a token from the query, too. */
        TAKES_TOKEN_FROM_QUERY,
        /** Passes what wants to be upgraded past the gate. */
        UPGRADES,
        /** Routes the gate's own endpoint to everybody. */
        SHOWS_GATE,
        /** The backend has another user when none is named, and headers that the client names are stripped. */
        STRIPS_HOP_BY_HOP,

        /** The start page of a front end for every path that is not below /api; that is no fault. */
        HAS_FRONT_END,
        /** The same, and the page is empty. */
        HAS_EMPTY_FRONT_END,

        /** There is no gate. */
        NO_GATE,
        /** The signature is not looked at. */
        READS_CLAIMS_ONLY,
        /** Every token opens every route. */
        ONLY_AUTHENTICATES,
        /** Nothing works. */
        BROKEN,
        /** Everything is sent elsewhere. */
        REDIRECTS,
        /** It hangs up on everybody. */
        HANGS_UP
    }

    private static final Pattern ROUTE = Pattern.compile("/api/([^/]+)/tasks");
    private static final Set<Fault> NAIVE_GATE = EnumSet.of(
            Fault.NORMALISES_DOTS,
            Fault.DECODES_SLASHES,
            Fault.CUTS_PARAMETERS,
            Fault.TURNS_BACKSLASHES,
            Fault.DECODES_TWICE);

    private final ServerSocket validator;
    private final Set<Fault> faults;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger served = new AtomicInteger();
    private volatile int tokenLastsFor = Integer.MAX_VALUE;
    private volatile boolean isSteady = true;

    public SmallIngress(Fault... faults) {
        this(plain(), faults);
    }

    private SmallIngress(ServerSocket validator, Fault... faults) {
        this.validator = validator;
        this.faults = EnumSet.noneOf(Fault.class);
        this.faults.addAll(List.of(faults));
        Thread.ofPlatform().daemon().name("small-ingress").start(this::accept);
    }

    /** One that speaks TLS as localhost, by a certificate that is written to this file. */
    public static SmallIngress secure(Path certificate) {
        try {
            return new SmallIngress(SelfSigned.server("localhost", certificate));
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
        return (validator instanceof SSLServerSocket ? "https" : "http") + "://localhost:" + validator.getLocalPort();
    }

    /** The token expires after so many requests. */
    SmallIngress withTokenFor(int count) {
        tokenLastsFor = count;
        return this;
    }

    /** The body tells the number of the request. */
    SmallIngress unsteady() {
        isSteady = false;
        return this;
    }

    /** The heads of all requests so far, as they came. */
    public List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        try {
            validator.close();
        } catch (IOException alreadyClosed) {
            // That will do.
        }
    }

    private void accept() {
        while (!validator.isClosed()) {
            try {
                Socket client = validator.accept();
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
            out.write(answer(head.toString()).getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException gone) {
            // So is its answer.
        }
    }

    private String answer(String head) {
        int number = served.incrementAndGet();
        String[] lines = head.split("\r\n");
        String[] parts = lines[0].split(" ", 2);
        String method = parts[0];
        String target = parts[1].substring(0, parts[1].lastIndexOf(' '));
        List<String> headers = List.of(lines).subList(1, lines.length);
        if (has(Fault.HANGS_UP)) {
            return "";
        }
        if (has(Fault.BROKEN)) {
            return status("500 Broken");
        }
        if (has(Fault.REDIRECTS)) {
            return "HTTP/1.1 301 Elsewhere\r\nLocation: https://app.example.com" + target
                    + "\r\nContent-Length: 0\r\n\r\n";
        }
        if (has(Fault.UPGRADES) && header(headers, "Upgrade").isPresent()) {
            return "HTTP/1.1 101 Upgraded\r\nConnection: Upgrade\r\n\r\n";
        }
        if (has(Fault.HAS_FRONT_END) && !target.startsWith("/api/")) {
            return "HTTP/1.1 200 Here\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n<html></html>\r\n0\r\n\r\n";
        }
        if (has(Fault.HAS_EMPTY_FRONT_END) && !target.startsWith("/api/")) {
            return status("200 Here");
        }
        boolean isGate = target.startsWith("/api/auth/verify");
        Optional<String> named = header(headers, "X-Original-URI");
        if (isGate && !has(Fault.SHOWS_GATE)) {
            return status("404 Internal");
        }
        if (has(Fault.NORMALISES_FOR_BOTH)) {
            target = normalised(target);
        }
        String asked = named.isPresent() && (isGate || has(Fault.TRUSTS_ORIGINAL_URI)) ? named.get() : target;
        if (has(Fault.NORMALISES_FOR_GATE)) {
            asked = normalised(asked);
        }
        int result = has(Fault.KNOWS_GET_ONLY) && !method.equals("GET") ? 200 : gate(asked, headers, number);
        if (result != 200) {
            return status(result + " Refused");
        }
        return isGate ? status("200 Allowed") : backend(method, target, headers, number);
    }

    private boolean has(Fault fault) {
        return faults.contains(fault);
    }

    private int gate(String target, List<String> headers, int number) {
        if (has(Fault.NO_GATE)) {
            return 200;
        }
        String owner;
        if (faults.stream().anyMatch(NAIVE_GATE::contains)) {
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
        boolean isOwner = has(Fault.FOLDS_CASE) ? owner.equalsIgnoreCase("ada") : owner.equals("ada");
        return isOwner || has(Fault.ONLY_AUTHENTICATES) ? 200 : 403;
    }

    private boolean isGood(String target, List<String> headers) {
        List<String> credentials = headers(headers, "Authorization");
        if (has(Fault.TAKES_TOKEN_FROM_QUERY) && target.endsWith("?access_token=" + TOKEN)) {
            return true;
        }
        if (credentials.isEmpty() || credentials.size() > 1 && !has(Fault.TAKES_FIRST_TOKEN)) {
            return false;
        }
        String credential = credentials.getFirst();
        return has(Fault.READS_CLAIMS_ONLY)
                ? credential.startsWith("Bearer head.claims.")
                : credential.equals("Bearer " + TOKEN);
    }

    private String backend(String method, String target, List<String> headers, int number) {
        String path = has(Fault.REWRITES_URL) ? header(headers, "X-Rewrite-URL").orElse(target) : target;
        path = path.split("[?#]", 2)[0];
        if (has(Fault.DECODES_SLASHES)) {
            path = path.replaceAll("(?i)%2f", "/");
        }
        if (has(Fault.DECODES_TWICE)) {
            path = path.replaceAll("(?i)%252f", "/").replaceAll("(?i)%252e", ".");
        }
        if (has(Fault.TURNS_BACKSLASHES)) {
            path = path.replace('\\', '/');
        }
        if (has(Fault.NORMALISES_FOR_GATE)) {
            path = path.split(";", 2)[0];
        }
        if (has(Fault.CUTS_PARAMETERS)) {
            path = path.replaceAll(";[^/]*", "");
        }
        if (faults.stream().anyMatch(NAIVE_GATE::contains)) {
            path = normalised(path);
        }
        Matcher route = ROUTE.matcher(path);
        if (!route.matches()) {
            return status("404 No route");
        }
        String user = URLDecoder.decode(route.group(1), StandardCharsets.UTF_8);
        if (has(Fault.FOLDS_CASE)) {
            user = user.toLowerCase(Locale.ROOT);
        }
        if (has(Fault.TRUSTS_USER_HEADER)) {
            user = header(headers, "X-Auth-User-Id").orElse(user);
        }
        if (has(Fault.TRUSTS_UNDERSCORES)) {
            user = header(headers, "X_Auth_User_Id").orElse(user);
        }
        if (has(Fault.STRIPS_HOP_BY_HOP)
                && header(headers, "Connection").orElse("").contains("X-Auth-User-Id")) {
            user = "nobody";
        }
        String body = "{\"user\":\"" + user + "\",\"tasks\":[]" + (isSteady ? "" : ",\"request\":" + number) + "}";
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
