package dev.latchkey.revocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Whether the gate and introspection answer rightly on three replicas while sessions end all the time, and how long it takes until
 * each replica knows of an end. {@code bench/revocation --help} says how to run it.
 */
public final class RevocationUnderLoad {

    private static final Path FOLDER = Path.of("target", "revocation").toAbsolutePath();
    private static final int REPLICAS = 3;
    private static final int USERS = 20;
    private static final int SESSIONS = 200;
    private static final int CLIENTS = 6;

    /** An end that was acknowledged is known on every replica within a second. */
    private static final long BOUND = Duration.ofSeconds(1).toNanos();

    private static final Duration PAUSE_BETWEEN_ENDS = Duration.ofMillis(100);
    private static final Duration PAUSE_BETWEEN_LOOKS = Duration.ofMillis(2);
    private static final String SECRET = "a-shared-secret-of-more-than-32-bytes";
    private static final String CLIENT_SECRET = "secret-of-the-shop-0123456789-abcdefgh";
    private static final String PASSWORD = "correct horse battery staple";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final EmbeddedDatabase database;
    private final List<Packaged> replicas;
    private final String name;
    private final List<String> emails = new ArrayList<>();
    private final List<Session> sessions = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicLong> answers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> falseAnswers = new ConcurrentLinkedQueue<>();

    /** Milliseconds from the acknowledged end of a session to the first refusal, at each replica. */
    private final List<ConcurrentLinkedQueue<Double>> delays =
            Stream.generate(ConcurrentLinkedQueue<Double>::new).limit(REPLICAS).toList();

    private volatile boolean isOver;

    private RevocationUnderLoad(String name, EmbeddedDatabase database, List<Packaged> replicas) {
        this.name = name;
        this.database = database;
        this.replicas = replicas;
    }

    /** A session, and when its end was requested and acknowledged ({@code System.nanoTime}, 0: not yet). */
    private static final class Session {

        private final String id;
        private final String userId;
        private final String token;
        private volatile long endRequestedAt;
        private volatile long endedAt;

        Session(String id, String userId, String token) {
            this.id = id;
            this.userId = userId;
            this.token = token;
        }
    }

    /** What a client does with a session's token. */
    private enum Kind {
        AS_IT_IS,
        EXPIRED,
        OF_ANOTHER_KEY,
        ALTERED,
        ON_ANOTHER_USERS_ROUTE
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = options();
        String name = options.getOrDefault("package", "jvm");
        Duration time = Duration.ofSeconds(Long.parseLong(options.getOrDefault("seconds", "60")));
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        List<Packaged> replicas = new ArrayList<>();
        boolean isRight;
        try {
            for (int i = 0; i < REPLICAS; i++) {
                System.out.printf("starting replica %d of %d (%s)%n", i + 1, REPLICAS, name);
                replicas.add(Packaged.readyBy(command(name), database, settings()));
            }
            RevocationUnderLoad run = new RevocationUnderLoad(name, database, replicas);
            run.measure(time);
            isRight = run.report(time);
        } finally {
            replicas.forEach(Packaged::close);
        }
        if (!isRight) {
            System.exit(1);
        }
    }

    // The script passes them by a variable, since the build has no place for arguments.
    private static Map<String, String> options() {
        Map<String, String> options = new TreeMap<>();
        String words = System.getenv().getOrDefault("REVOCATION_ARGUMENTS", "");
        Matcher option = Pattern.compile("--(\\w+)=(\\S+)").matcher(words);
        while (option.find()) {
            options.put(option.group(1), option.group(2));
        }
        return options;
    }

    private static List<String> command(String name) throws IOException {
        Path target = Path.of("target").toAbsolutePath();
        if (name.equals("jvm")) {
            return Packaged.imageCommand(target.resolve("quarkus-app").resolve("quarkus-run.jar"));
        }
        try (Stream<Path> files = Files.list(target)) {
            return List.of(files.filter(file -> file.toString().endsWith("-runner"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("target has no executable; build it with -Dnative"))
                    .toString());
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                "LATCHKEY_THROTTLE_ENABLED", "false",
                "LATCHKEY_JWT_SECRET", SECRET,
                "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET", CLIENT_SECRET,
                "LATCHKEY_TRUSTED_PROXIES", "127.0.0.0/8,::1",
                "LATCHKEY_GATE_RULES_0__PATH", "/api/{user_id}/**",
                "LATCHKEY_GATE_RULES_0__ALLOW", "owner",
                // What is measured is not the hash.
                "LATCHKEY_PASSWORD_ARGON2_MEMORY", "8M",
                "LATCHKEY_PASSWORD_ARGON2_PASSES", "1");
    }

    private void measure(Duration time) throws Exception {
        for (int i = 0; i < USERS; i++) {
            emails.add("user-" + UUID.randomUUID() + "@example.com");
            credentials("/api/auth/signup", emails.getLast());
        }
        while (sessions.size() < SESSIONS) {
            signIn(new Random(sessions.size()));
        }
        System.out.printf("%d sessions of %d users; %d s of load%n", sessions.size(), USERS, time.toSeconds());
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(1000 + i);
                running.add(threads.submit(() -> ask(random)));
            }
            running.add(threads.submit(() -> endSessions(threads)));
            for (long left = time.toSeconds(); left > 0; left -= 10) {
                TimeUnit.SECONDS.sleep(Math.min(left, 10));
                System.out.printf(
                        "%d s left: %d answers, %d of them false%n",
                        Math.max(0, left - 10), total(), falseAnswers.size());
            }
            isOver = true;
            for (Future<?> one : running) {
                one.get();
            }
        }
    }

    private long total() {
        return answers.values().stream().mapToLong(AtomicLong::get).sum();
    }

    private Session signIn(Random random) throws Exception {
        JsonNode body = credentials("/api/auth/login", emails.get(random.nextInt(USERS)));
        String token = body.path("access_token").asText();
        JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
        Session session =
                new Session(claims.path("sid").asText(), claims.path("user_id").asText(), token);
        sessions.add(session);
        return session;
    }

    private JsonNode credentials(String path, String email) throws Exception {
        String body = JSON.writeValueAsString(Map.of("email", email, "password", PASSWORD));
        HttpResponse<String> response = send(HttpRequest.newBuilder(url(replicas.getFirst(), path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(path + " responds " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    private @Nullable Void ask(Random random) throws Exception {
        while (!isOver) {
            Session session = sessions.get(random.nextInt(sessions.size()));
            Kind kind =
                    random.nextInt(3) > 0 ? Kind.AS_IT_IS : Kind.values()[1 + random.nextInt(Kind.values().length - 1)];
            int replica = random.nextInt(REPLICAS);
            boolean atGate = kind == Kind.ON_ANOTHER_USERS_ROUTE || random.nextBoolean();
            long ended = session.endedAt;
            long begun = System.nanoTime();
            boolean accepted = atGate ? gate(replica, session, kind) : introspection(replica, session, kind);
            boolean wasLive = session.endRequestedAt == 0;
            count(session, kind, atGate, accepted, wasLive, ended != 0 && begun - ended > BOUND);
        }
        return null;
    }

    /** While a session ends, and within the second after, both answers are right. */
    private void count(Session session, Kind kind, boolean atGate, boolean accepted, boolean wasLive, boolean wasOver) {
        String state;
        boolean isFalse;
        if (kind != Kind.AS_IT_IS) {
            state = kind.name();
            isFalse = accepted;
        } else if (wasLive) {
            state = "VALID";
            isFalse = !accepted;
        } else if (wasOver) {
            state = "ENDED";
            isFalse = accepted;
        } else {
            state = "ENDING";
            isFalse = false;
        }
        String answer = state.toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + (atGate ? "gate" : "introspection")
                + ", " + (accepted ? "accepted" : "refused");
        answers.computeIfAbsent(answer, unused -> new AtomicLong()).incrementAndGet();
        if (isFalse) {
            falseAnswers.add(answer + ", session " + session.id);
        }
    }

    private boolean gate(int replica, Session session, Kind kind) throws Exception {
        String owner = kind == Kind.ON_ANOTHER_USERS_ROUTE ? UUID.randomUUID().toString() : session.userId;
        int status = send(HttpRequest.newBuilder(url(replicas.get(replica), "/api/auth/verify"))
                        .header("Authorization", "Bearer " + token(session, kind))
                        .header("X-Original-Method", "GET")
                        .header("X-Original-URI", "/api/" + owner + "/todos"))
                .statusCode();
        if (status != 200 && status != 401 && status != 403) {
            throw new IllegalStateException("the gate responds " + status);
        }
        return status == 200;
    }

    private boolean introspection(int replica, Session session, Kind kind) throws Exception {
        String form = "token=" + URLEncoder.encode(token(session, kind), StandardCharsets.UTF_8);
        String client = Base64.getEncoder().encodeToString(("shop:" + CLIENT_SECRET).getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> response = send(HttpRequest.newBuilder(url(replicas.get(replica), "/oauth/introspect"))
                .header("Authorization", "Basic " + client)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
        if (response.statusCode() != 200) {
            throw new IllegalStateException("introspection responds " + response.statusCode());
        }
        return JSON.readTree(response.body()).path("active").asBoolean();
    }

    private static String token(Session session, Kind kind) throws Exception {
        return switch (kind) {
            case AS_IT_IS, ON_ANOTHER_USERS_ROUTE -> session.token;
            case EXPIRED -> signed(session.token, "\"exp\":\\d+", "\"exp\":1700000000", SECRET);
            case OF_ANOTHER_KEY -> signed(session.token, "^", "", "another-secret-of-more-than-32-bytes");
            case ALTERED -> {
                String signature = session.token.substring(session.token.lastIndexOf('.'));
                String other = signed(
                        session.token, "\"user_id\":\"[^\"]+\"", "\"user_id\":\"" + UUID.randomUUID() + "\"", SECRET);
                yield other.substring(0, other.lastIndexOf('.')) + signature;
            }
        };
    }

    /** Returns a token with something replaced in its claims, signed with a secret. */
    private static String signed(String token, String pattern, String replacement, String secret)
            throws GeneralSecurityException {
        String[] parts = token.split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String text = parts[0] + "."
                + base64.encodeToString(
                        claims.replaceFirst(pattern, replacement).getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return text + "." + base64.encodeToString(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Ends one session after the other, by turns in two ways, and opens a new one for each. */
    private @Nullable Void endSessions(ExecutorService threads) throws Exception {
        Random random = new Random(1);
        for (int i = 0; !isOver; i++) {
            Session session = sessions.get(random.nextInt(sessions.size()));
            if (session.endRequestedAt != 0) {
                sessions.remove(session);
                signIn(random);
                continue;
            }
            session.endRequestedAt = System.nanoTime();
            if (i % 2 == 0) {
                int status = send(HttpRequest.newBuilder(
                                        url(replicas.get(random.nextInt(REPLICAS)), "/api/auth/logout"))
                                .header("Authorization", "Bearer " + session.token)
                                .POST(BodyPublishers.noBody()))
                        .statusCode();
                if (status != 204) {
                    throw new IllegalStateException("sign-out responds " + status);
                }
            } else {
                try (Connection connection = database.connect();
                        PreparedStatement delete = connection.prepareStatement("delete from sessions where id = ?")) {
                    delete.setString(1, session.id);
                    delete.executeUpdate();
                }
            }
            session.endedAt = System.nanoTime();
            for (int replica = 0; replica < REPLICAS; replica++) {
                int looked = replica;
                var unused = threads.submit(() -> look(looked, session));
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE_BETWEEN_ENDS.toNanos());
        }
        return null;
    }

    /** Asks one replica until it refuses an ended session. */
    private @Nullable Void look(int replica, Session session) throws Exception {
        while (gate(replica, session, Kind.AS_IT_IS)) {
            if (System.nanoTime() - session.endedAt > 10 * BOUND) {
                falseAnswers.add(
                        "replica " + replica + " accepts session " + session.id + " ten seconds after its end");
                return null;
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE_BETWEEN_LOOKS.toNanos());
        }
        delays.get(replica).add((System.nanoTime() - session.endedAt) / 1e6);
        return null;
    }

    private boolean report(Duration time) throws IOException {
        System.out.printf("%n| token | answered by | answer | times |%n|---|---|---|---|%n");
        new TreeMap<>(answers)
                .forEach((answer, count) ->
                        System.out.println("| " + answer.replace(", ", " | ") + " | " + count + " |"));
        System.out.printf("%nMilliseconds from the acknowledged end of a session until it is refused%n%n");
        System.out.println("| replica | ended sessions | half | 9 of 10 | 99 of 100 | longest |");
        System.out.println("|---|---|---|---|---|---|");
        List<List<Double>> sorted =
                delays.stream().map(each -> each.stream().sorted().toList()).toList();
        for (int i = 0; i < REPLICAS; i++) {
            List<Double> each = sorted.get(i);
            System.out.printf(
                    "| %d | %d | %.0f | %.0f | %.0f | %.0f |%n",
                    i + 1, each.size(), at(each, 0.5), at(each, 0.9), at(each, 0.99), at(each, 1));
        }
        System.out.printf("%n%d answers, %d of them false%n", total(), falseAnswers.size());
        falseAnswers.stream().limit(20).forEach(System.out::println);

        Files.createDirectories(FOLDER);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("package", name);
        all.put("replicas", REPLICAS);
        all.put("seconds", time.toSeconds());
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("answers", new TreeMap<>(answers));
        all.put("false", falseAnswers.size());
        all.put(
                "millisecondsUntilRefused",
                sorted.stream().map(RevocationUnderLoad::rounded).toList());
        Files.writeString(FOLDER.resolve("revocation.json"), JSON.writeValueAsString(all) + "\n");
        Files.writeString(FOLDER.resolve("revocation.svg"), Distribution.chart(sorted));
        System.out.println("Chart and figures are in " + FOLDER);
        return falseAnswers.isEmpty();
    }

    private static List<Double> rounded(List<Double> values) {
        return values.stream().map(value -> Math.round(value * 10) / 10.0).toList();
    }

    private static double at(List<Double> sorted, double part) {
        return sorted.isEmpty()
                ? Double.NaN
                : sorted.get((int) Math.min(sorted.size() - 1, Math.floor(part * sorted.size())));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    }

    private static URI url(Packaged replica, String path) {
        return URI.create("http://127.0.0.1:" + replica.port() + path);
    }
}
