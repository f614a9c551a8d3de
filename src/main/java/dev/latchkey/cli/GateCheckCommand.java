package dev.latchkey.cli;

import dev.latchkey.gatecheck.BearerToken;
import dev.latchkey.gatecheck.Corpus;
import dev.latchkey.gatecheck.Deployment;
import dev.latchkey.gatecheck.GateCheck;
import dev.latchkey.gatecheck.Parsed;
import dev.latchkey.gatecheck.Routes;
import dev.latchkey.gatecheck.TrustedCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
            Cli.USAGE_ERROR,
        },
        footer = {
            "  latchkey gate check https://app.example.com --own /api/ada/tasks",
            "      --other /api/bob/tasks --token-file token"
        })
final class GateCheckCommand implements Callable<CommandResult> {

    private static final String TOKEN_VARIABLE = "LATCHKEY_CHECK_TOKEN";

    /** Of a corpus, or of a bundle of certificates; a larger file is the wrong one. */
    private static final int MAX_FILE_SIZE = 16 << 20;

    private final Map<String, String> environment;
    private final InputStream input;

    @Spec
    @SuppressWarnings("NullAway.Init") // The parser sets it.
    private CommandSpec spec;

    @Parameters(paramLabel = "URL", description = "The origin that users open: https://app.example.com")
    private String url = "";

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
    private @Nullable Path tokenFile;

    @Option(names = "--corpus", paramLabel = "FILE", description = "Further requests, one a line; see docs/gate.md")
    private @Nullable Path corpusFile;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Certificates (PEM) to trust instead of those that Java trusts")
    private @Nullable Path certificatesFile;

    @SuppressWarnings("SystemOut") // It is what the operator reads.
    GateCheckCommand() {
        this(System.getenv(), System.in);
    }

    GateCheckCommand(Map<String, String> environment, InputStream input) {
        this.environment = environment;
        this.input = input;
    }

    /** Security: refuses the token as an argument, which every process on the machine can read, and does not repeat it. */
    @Option(names = "--token", hidden = true, arity = "0..1")
    @SuppressWarnings("DoNotCallSuggester") // The parser calls it.
    void refuseToken(String token) {
        throw new Cli.UsageException(
                spec,
                "The token must not be an argument, which every process on the machine can read: use --token-file or "
                        + TOKEN_VARIABLE + ".");
    }

    @Override
    public CommandResult call() {
        Deployment deployment = deployment();
        Routes routes = routes();
        BearerToken token = valid(token());
        Corpus corpus = corpusFile == null ? Corpus.empty() : valid(Corpus.parse(text(corpusFile, "--corpus"), routes));
        SSLSocketFactory trusted = certificatesFile == null
                ? TrustedCertificates.platformDefault()
                : valid(TrustedCertificates.parse(content(certificatesFile, "--ca")));
        PrintWriter progress = spec.commandLine().getErr();
        if (deployment.exposesToken()) {
            progress.println("Warning: over plain HTTP the token can be read on the way.");
        }
        return GateCheckReport.of(new GateCheck(
                        deployment,
                        routes,
                        corpus,
                        trusted,
                        token,
                        GateCheck.TIMEOUT,
                        GateCheck.PAUSE,
                        progress::println)
                .run());
    }

    Deployment deployment() {
        return valid(Deployment.parse(url));
    }

    Routes routes() {
        return valid(Routes.parse(own, other));
    }

    private Parsed<BearerToken> token() {
        if (tokenFile != null) {
            return BearerToken.parse(text(tokenFile, "--token-file"));
        }
        String value = environment.getOrDefault(TOKEN_VARIABLE, "");
        return value.isBlank()
                ? new Parsed.Invalid<>("There is no token: use --token-file or " + TOKEN_VARIABLE + ".")
                : BearerToken.parse(value);
    }

    private String text(Path file, String option) {
        return new String(content(file, option), StandardCharsets.UTF_8);
    }

    /** Security: names the file by its option, for a token in the place of its name must not be repeated. */
    private byte[] content(Path file, String option) {
        try {
            return InputFile.read(file, input, MAX_FILE_SIZE);
        } catch (IOException unreadable) {
            throw new Cli.UsageException(spec, "The file of " + option + " cannot be read, or is larger than 16 MiB.");
        }
    }

    private <T> T valid(Parsed<T> parsed) {
        return switch (parsed) {
            case Parsed.Valid<T>(T value) -> value;
            case Parsed.Invalid<T>(String sentence) -> throw new Cli.UsageException(spec, sentence);
        };
    }
}
