package dev.latchkey.cli;

import dev.latchkey.gatecheck.BearerToken;
import dev.latchkey.gatecheck.Corpus;
import dev.latchkey.gatecheck.Deployment;
import dev.latchkey.gatecheck.GateCheck;
import dev.latchkey.gatecheck.GateCheck.Outcome;
import dev.latchkey.gatecheck.Parsed;
import dev.latchkey.gatecheck.Routes;
import dev.latchkey.gatecheck.TestResult;
import dev.latchkey.gatecheck.TestResult.Assessment;
import dev.latchkey.gatecheck.TrustedCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tests a deployment from outside. Needs nothing of the service: no settings, no database, no framework. */
@Command(
        name = "check",
        sortOptions = false,
        description = {
            "Tests from outside whether one user can reach another user's route through your ingress: ambiguous paths,"
                    + " forged headers, methods, tokens. Prints what got through. Needs two accounts made for this test,"
                    + " but no settings and no database.",
            "",
            "Sends some 240 requests, one after the other, ten a second. All are GET or HEAD, except for empty POSTs that"
                    + " claim to be GET and what a corpus adds: where there is a hole, they reach the other account. One"
                    + " request has the token in its query, where access logs keep it; the token stays valid until it"
                    + " expires. Redirects are not followed.",
        },
        exitCodeList = {
            " 0:no bypass found; check the lines that are unclear or redirected",
            " 1:bypass found, or the baseline failed: the two routes do not respond as they should",
            " 2:usage error",
        },
        footer = {
            "  latchkey gate check https://app.example.com --own /api/ada/tasks",
            "      --other /api/bob/tasks --token-file token"
        })
final class GateCheckCommand implements Callable<CommandResult> {

    private static final String TOKEN_VARIABLE = "LATCHKEY_CHECK_TOKEN";

    /** Of a corpus, or of a bundle of certificates; a larger file is the wrong one. */
    private static final int MAX_FILE_SIZE = 16 << 20;

    /** The assessments whose requests get a line of their own, in the order of the table. */
    private static final Set<Assessment> LISTED =
            EnumSet.of(Assessment.BYPASS, Assessment.WRONGLY_REFUSED, Assessment.REDIRECTED, Assessment.UNCLEAR);

    private final Map<String, String> environment;
    private final InputStream input;
    private final PrintStream progress;

    @Spec
    @SuppressWarnings("NullAway.Init") // The parser sets it.
    private CommandSpec spec;

    @Parameters(
            paramLabel = "URL",
            converter = DeploymentConverter.class,
            description = "The origin that users open: https://app.example.com")
    @SuppressWarnings("NullAway.Init") // The parser sets it.
    private Deployment deployment;

    @Option(
            names = "--own",
            required = true,
            paramLabel = "PATH",
            description =
                    "A route of the token's user that responds with 2xx to GET and a body that stays the same: /api/ada/tasks")
    private String own = "";

    @Option(
            names = "--other",
            required = true,
            paramLabel = "PATH",
            description = "The same route of the other user: /api/bob/tasks")
    private String other = "";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Holds the access token; - for standard input. Without it: the variable " + TOKEN_VARIABLE)
    private @Nullable String tokenFile;

    @Option(names = "--corpus", paramLabel = "FILE", description = "Further requests, one a line; see docs/gate.md")
    private @Nullable String corpusFile;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Certificates (PEM) to trust instead of those that Java trusts")
    private @Nullable String authorityFile;

    @Option(names = "--token", hidden = true, parameterConsumer = TokenArgument.class)
    private @Nullable String token;

    @SuppressWarnings("SystemOut") // It is what the operator reads.
    GateCheckCommand() {
        this(System.getenv(), System.in, System.err);
    }

    GateCheckCommand(Map<String, String> environment, InputStream input, PrintStream progress) {
        this.environment = environment;
        this.input = input;
        this.progress = progress;
    }

    static final class DeploymentConverter implements ITypeConverter<Deployment> {

        @Override
        public Deployment convert(String value) {
            return switch (Deployment.parse(value)) {
                case Parsed.Valid<Deployment>(Deployment deployment) -> deployment;
                case Parsed.Invalid<Deployment>(String sentence) -> throw new Cli.UnusableValueException(sentence);
            };
        }
    }

    /** Security: refuses the token as an argument, which every process on the machine can read, and does not repeat it. */
    static final class TokenArgument implements IParameterConsumer {

        @Override
        public void consumeParameters(Stack<String> arguments, ArgSpec argument, CommandSpec command) {
            throw new Cli.UsageException(
                    command,
                    "The token must not be an argument, which every process on the machine can read: use --token-file or "
                            + TOKEN_VARIABLE + ".");
        }
    }

    @Override
    public CommandResult call() {
        Routes routes = routes();
        BearerToken bearer = valid(token());
        Corpus corpus = valid(corpus(routes));
        SSLSocketFactory trusted = valid(trustedCertificates());
        if (deployment.exposesToken()) {
            progress.println("Warning: over plain HTTP the token can be read on the way.");
        }
        return result(new GateCheck(
                        deployment,
                        routes,
                        corpus,
                        trusted,
                        bearer,
                        GateCheck.TIMEOUT,
                        GateCheck.PAUSE,
                        progress::println)
                .run());
    }

    Deployment deployment() {
        return deployment;
    }

    Routes routes() {
        return valid(Routes.parse(own, other));
    }

    private <T> T valid(Parsed<T> parsed) {
        return switch (parsed) {
            case Parsed.Valid<T>(T value) -> value;
            case Parsed.Invalid<T>(String sentence) -> throw new Cli.UsageException(spec, sentence);
        };
    }

    private Parsed<BearerToken> token() {
        if (tokenFile == null) {
            String value = environment.getOrDefault(TOKEN_VARIABLE, "");
            return value.isBlank()
                    ? new Parsed.Invalid<>("There is no token: use --token-file or " + TOKEN_VARIABLE + ".")
                    : BearerToken.parse(value);
        }
        return BearerToken.parse(
                text(tokenFile.equals("-") ? content(input, "Standard input") : content(tokenFile, "--token-file")));
    }

    private Parsed<Corpus> corpus(Routes routes) {
        return corpusFile == null
                ? new Parsed.Valid<>(Corpus.empty())
                : Corpus.parse(text(content(corpusFile, "--corpus")), routes);
    }

    private Parsed<SSLSocketFactory> trustedCertificates() {
        return authorityFile == null
                ? new Parsed.Valid<>(TrustedCertificates.platformDefault())
                : TrustedCertificates.parse(valid(content(authorityFile, "--ca")));
    }

    private String text(Parsed<byte[]> content) {
        return new String(valid(content), StandardCharsets.UTF_8);
    }

    /** Security: names the file by its option, for a token in the place of its name must not be repeated. */
    private static Parsed<byte[]> content(String file, String option) {
        String name = "The file of " + option;
        try (InputStream stream = Files.newInputStream(Path.of(file))) {
            return content(stream, name);
        } catch (IOException | InvalidPathException unreadable) {
            return new Parsed.Invalid<>(name + " cannot be read.");
        }
    }

    private static Parsed<byte[]> content(InputStream stream, String name) {
        try {
            byte[] octets = stream.readNBytes(MAX_FILE_SIZE + 1);
            return octets.length > MAX_FILE_SIZE
                    ? new Parsed.Invalid<>(name + " is larger than 16 MiB.")
                    : new Parsed.Valid<>(octets);
        } catch (IOException unreadable) {
            return new Parsed.Invalid<>(name + " cannot be read.");
        }
    }

    static CommandResult result(Outcome outcome) {
        return switch (outcome) {
            case Outcome.NotStarted(String reason) -> CommandResult.failed("Nothing was tested. " + reason);
            case Outcome.Finished(List<TestResult> results, List<String> remarks) -> {
                String message = String.join("\n", remarks);
                yield count(results, Assessment.BYPASS) == 0
                        ? CommandResult.done(report(results), message)
                        : CommandResult.failed(report(results), message);
            }
            case Outcome.Aborted(List<TestResult> results, List<String> remarks, String reason) -> {
                List<String> messages = new ArrayList<>(remarks);
                messages.add(reason);
                yield CommandResult.failed(report(results), String.join("\n", messages));
            }
        };
    }

    private static String report(List<TestResult> results) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("RESULT", "TEST", "REQUEST", "TOKEN", "RESPONSE"));
        for (Assessment assessment : LISTED) {
            results.stream()
                    .filter(result -> result.assessment() == assessment)
                    .map(result -> List.of(
                            words(assessment),
                            result.name(),
                            result.request(),
                            result.credential(),
                            result.response()))
                    .forEach(lines::add);
        }
        String summary = summary(results);
        return lines.size() == 1 ? summary : Table.of(lines) + "\n\n" + summary;
    }

    private static String summary(List<TestResult> results) {
        StringBuilder line = new StringBuilder(results.size() + " requests:");
        String separator = " ";
        for (Assessment assessment : Assessment.values()) {
            long count = count(results, assessment);
            // The one that matters is told even if it is 0.
            if (count > 0 || assessment == Assessment.BYPASS) {
                line.append(separator).append(count).append(' ').append(words(assessment));
                separator = ", ";
            }
        }
        return line.toString();
    }

    private static long count(List<TestResult> results, Assessment assessment) {
        return results.stream()
                .filter(result -> result.assessment() == assessment)
                .count();
    }

    private static String words(Assessment assessment) {
        return switch (assessment) {
            case BYPASS -> "got through";
            case WRONGLY_REFUSED -> "refused though it should pass";
            case REDIRECTED -> "redirected";
            case UNCLEAR -> "unclear";
            case REFUSED -> "refused";
            case NOT_SERVED -> "not served though it should pass";
            case FALLBACK_PAGE -> "got the page for unknown paths";
            case UNAFFECTED -> "unaffected";
            case PASSED -> "passed as it should";
        };
    }
}
