package dev.latchkey.cli;

import dev.latchkey.gatecheck.Assessment;
import dev.latchkey.gatecheck.BearerToken;
import dev.latchkey.gatecheck.Corpus;
import dev.latchkey.gatecheck.Finding;
import dev.latchkey.gatecheck.GateCheck;
import dev.latchkey.gatecheck.Outcome;
import dev.latchkey.gatecheck.Parsed;
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
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Does what {@code gate check} says, and puts into words what came of it. */
final class GateChecks {

    static final String VARIABLE = "LATCHKEY_CHECK_TOKEN";

    /** Of a corpus, or of a bundle of certificates; what is larger is another file. */
    private static final int LARGEST = 16 << 20;

    /** What gets a line of its own, in the order of the table. */
    private static final Set<Assessment> TOLD =
            EnumSet.of(Assessment.GOT_THROUGH, Assessment.NOT_PASSED, Assessment.REDIRECTED, Assessment.UNCLEAR);

    private final Map<String, String> environment;
    private final InputStream input;
    private final PrintStream progress;

    GateChecks(Map<String, String> environment, InputStream input, PrintStream progress) {
        this.environment = environment;
        this.input = input;
        this.progress = progress;
    }

    CommandResult run(GateCommand.Check command) {
        return switch (token(command.tokenFile())) {
            case Parsed.Unfit<BearerToken>(String sentence) -> new CommandResult.Misused(sentence);
            case Parsed.Fit<BearerToken>(BearerToken token) ->
                switch (corpus(command)) {
                    case Parsed.Unfit<Corpus>(String sentence) -> new CommandResult.Misused(sentence);
                    case Parsed.Fit<Corpus>(Corpus corpus) ->
                        switch (trust(command.authorityFile())) {
                            case Parsed.Unfit<SSLSocketFactory>(String sentence) -> new CommandResult.Misused(sentence);
                            case Parsed.Fit<SSLSocketFactory>(SSLSocketFactory trust) ->
                                told(outcome(command, corpus, trust, token));
                        };
                };
        };
    }

    private Outcome outcome(GateCommand.Check command, Corpus corpus, SSLSocketFactory trust, BearerToken token) {
        if (command.deployment().exposesToken()) {
            progress.println("By plain HTTP the token can be read by everybody on the way.");
        }
        return new GateCheck(
                        command.deployment(),
                        command.routes(),
                        corpus,
                        trust,
                        token,
                        GateCheck.PATIENCE,
                        GateCheck.COURTEOUS,
                        progress::println)
                .run();
    }

    private Parsed<BearerToken> token(@Nullable String file) {
        if (file == null) {
            String value = environment.getOrDefault(VARIABLE, "");
            return value.isBlank()
                    ? new Parsed.Unfit<>("There is no token: give it by --token-file, or in " + VARIABLE + ".")
                    : BearerToken.read(value);
        }
        return switch (file.equals("-") ? content(input, "Standard input") : content(file, "--token-file")) {
            case Parsed.Unfit<byte[]>(String sentence) -> new Parsed.Unfit<>(sentence);
            case Parsed.Fit<byte[]>(byte[] octets) -> BearerToken.read(new String(octets, StandardCharsets.UTF_8));
        };
    }

    private static Parsed<Corpus> corpus(GateCommand.Check command) {
        String file = command.corpusFile();
        if (file == null) {
            return new Parsed.Fit<>(Corpus.none());
        }
        return switch (content(file, "--corpus")) {
            case Parsed.Unfit<byte[]>(String sentence) -> new Parsed.Unfit<>(sentence);
            case Parsed.Fit<byte[]>(byte[] octets) ->
                Corpus.read(new String(octets, StandardCharsets.UTF_8), command.routes());
        };
    }

    private static Parsed<SSLSocketFactory> trust(@Nullable String file) {
        if (file == null) {
            return new Parsed.Fit<>(TrustedCertificates.inThePlatforms());
        }
        return switch (content(file, "--ca")) {
            case Parsed.Unfit<byte[]>(String sentence) -> new Parsed.Unfit<>(sentence);
            case Parsed.Fit<byte[]>(byte[] octets) -> TrustedCertificates.in(octets);
        };
    }

    /** Security: the file is called by its option, for a token in the place of its name must not be repeated. */
    private static Parsed<byte[]> content(String file, String option) {
        String name = "The file of " + option;
        try (InputStream stream = Files.newInputStream(Path.of(file))) {
            return content(stream, name);
        } catch (IOException | InvalidPathException unreadable) {
            return new Parsed.Unfit<>(name + " cannot be read.");
        }
    }

    private static Parsed<byte[]> content(InputStream stream, String name) {
        try {
            byte[] octets = stream.readNBytes(LARGEST + 1);
            return octets.length > LARGEST
                    ? new Parsed.Unfit<>(name + " is larger than 16 MiB, so it is none that is meant here.")
                    : new Parsed.Fit<>(octets);
        } catch (IOException unreadable) {
            return new Parsed.Unfit<>(name + " cannot be read.");
        }
    }

    static CommandResult told(Outcome outcome) {
        return switch (outcome) {
            case Outcome.NotBegun(String sentences) -> CommandResult.failed("Nothing was tried. " + sentences);
            case Outcome.Finished(List<Finding> findings, List<String> remarks) -> {
                String remark = String.join("\n", remarks);
                yield count(findings, Assessment.GOT_THROUGH) == 0
                        ? new CommandResult.Done(report(findings), remark)
                        : new CommandResult.Alarm(report(findings), remark);
            }
            case Outcome.BrokenOff(List<Finding> findings, List<String> remarks, String sentences) -> {
                List<String> all = new ArrayList<>(remarks);
                all.add(sentences);
                yield new CommandResult.Alarm(report(findings), String.join("\n", all));
            }
        };
    }

    private static String report(List<Finding> findings) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("RESULT", "TRY", "REQUEST", "TOKEN", "ANSWER"));
        for (Assessment verdict : TOLD) {
            findings.stream()
                    .filter(finding -> finding.verdict() == verdict)
                    .map(finding -> List.of(
                            words(verdict), finding.name(), finding.request(), finding.credential(), finding.answer()))
                    .forEach(lines::add);
        }
        String summary = summary(findings);
        return lines.size() == 1 ? summary : Table.of(lines) + "\n\n" + summary;
    }

    private static String summary(List<Finding> findings) {
        StringBuilder line = new StringBuilder(findings.size() + " tries:");
        String separator = " ";
        for (Assessment verdict : Assessment.values()) {
            long count = count(findings, verdict);
            // What matters is said even if it is nothing.
            if (count > 0 || verdict == Assessment.GOT_THROUGH) {
                line.append(separator).append(count).append(' ').append(words(verdict));
                separator = ", ";
            }
        }
        return line.toString();
    }

    private static long count(List<Finding> findings, Assessment verdict) {
        return findings.stream().filter(finding -> finding.verdict() == verdict).count();
    }

    private static String words(Assessment verdict) {
        return switch (verdict) {
            case GOT_THROUGH -> "got through";
            case NOT_PASSED -> "refused though it should pass";
            case REDIRECTED -> "redirected";
            case UNCLEAR -> "unclear";
            case REFUSED -> "refused";
            case NOT_SERVED -> "not served though it should pass";
            case COMMON_PAGE -> "got the page for unknown paths";
            case UNAFFECTED -> "unaffected";
            case PASSED -> "passed as it should";
        };
    }
}
