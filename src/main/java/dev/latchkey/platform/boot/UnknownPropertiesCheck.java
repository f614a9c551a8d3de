package dev.latchkey.platform.boot;

import io.smallrye.config.EnvConfigSource;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Refuses a setting that nobody reads: a typo is a default that somebody believes to have changed. */
@Singleton
class UnknownPropertiesCheck implements ConfigurationCheck {

    private final Config config;

    UnknownPropertiesCheck(Config config) {
        this.config = config;
    }

    @Override
    public Usage usage() {
        return Usage.ALWAYS;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        Map<String, String> properties = new TreeMap<>();
        Map<String, String> variables = new TreeMap<>();
        for (ConfigSource source : config.getConfigSources()) {
            // An environment source also offers its variables in dotted spelling, which is a guess.
            (source instanceof EnvConfigSource ? variables : properties).putAll(source.getProperties());
        }
        return check(new KnownProperties(declared()), properties, variables);
    }

    static List<ConfigurationProblem> check(
            KnownProperties known, Map<String, String> properties, Map<String, String> variables) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        properties.forEach((name, value) -> {
            if (known.isUnknownProperty(name)) {
                problems.add(unknown(name, known.nearestProperty(name)));
            }
        });
        variables.forEach((name, value) -> {
            if (known.isUnknownVariable(name, value)) {
                problems.add(unknown(name, known.nearestVariable(name)));
            }
        });
        return problems;
    }

    private static ConfigurationProblem unknown(String name, Optional<String> meant) {
        return ConfigurationProblem.error(
                name,
                "is no setting of this service"
                        + meant.map(it -> "; did you mean " + it + "?").orElse("; remove it"));
    }

    /** All files of that name: in development and tests, libraries on the class path bring theirs. */
    private static Properties declared() {
        Properties declared = new Properties();
        try {
            Enumeration<URL> files =
                    Thread.currentThread().getContextClassLoader().getResources("application.properties");
            while (files.hasMoreElements()) {
                try (InputStream file = files.nextElement().openStream()) {
                    declared.load(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return declared;
    }
}
