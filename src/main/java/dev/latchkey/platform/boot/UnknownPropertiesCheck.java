package dev.latchkey.platform.boot;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.EnvConfigSource;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Refuses a setting that nothing reads: a typo is a default that an operator believes to have changed.
 *
 * <p>The framework's own validation is switched off in application.properties. It passes over environment variables (Quarkus
 * issue 38479), by which most deployments are configured, and over prefixes that no mapping has; it suggests nothing, and ends
 * the start before other problems are reported. That, and the variables of Kubernetes, is what is written by hand here and in
 * {@link KnownProperties}.
 */
@Singleton
class UnknownPropertiesCheck implements ConfigurationCheck {

    private static final Pattern PROFILE = Pattern.compile("^%[^.]+\\.");

    /** What Kubernetes tells every container about a Service: variables of its name, and their values. */
    private static final Pattern SERVICE_VARIABLE = Pattern.compile("""
            LATCHKEY(_[A-Z0-9]+)*
            ( _SERVICE_HOST=.*
            | _SERVICE_PORT(_[A-Z0-9_]+)?=.*
            | _PORT_\\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)=.*
            # By value too, so that a LATCHKEY_PORT=8080, which means the HTTP port, is not taken for a Service's.
            | _PORT(_\\d+_(TCP|UDP|SCTP))?=(tcp|udp|sctp)://.*
            )""", Pattern.COMMENTS | Pattern.DOTALL);

    private final Config config;
    private final BeanManager beans;

    UnknownPropertiesCheck(Config config, BeanManager beans) {
        this.config = config;
        this.beans = beans;
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
        return check(new KnownProperties(mappings()), properties, variables);
    }

    /** Returns the configuration mappings of this service, each of which the framework makes a bean when it is built. */
    private List<Class<?>> mappings() {
        return beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .<Class<?>>map(Bean::getBeanClass)
                // The annotations last: to read those of every bean's class takes longer than all other checks of a
                // start.
                .filter(type -> type.isInterface()
                        && type.getPackageName().startsWith("dev.latchkey.")
                        && type.isAnnotationPresent(ConfigMapping.class))
                .toList();
    }

    static List<ConfigurationProblem> check(
            KnownProperties known, Map<String, String> properties, Map<String, String> variables) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        properties.keySet().forEach(name -> {
            String property = PROFILE.matcher(name).replaceFirst("");
            if (property.startsWith("latchkey.") && !known.contains(property)) {
                problems.add(unknown(name, known.nearest(property)));
            }
        });
        variables.forEach((name, value) -> {
            if (name.startsWith("LATCHKEY_")
                    && !known.contains(name)
                    && !SERVICE_VARIABLE.matcher(name + "=" + value).matches()) {
                problems.add(unknown(name, known.nearest(name)));
            }
        });
        return problems;
    }

    private static ConfigurationProblem unknown(String name, Optional<String> meant) {
        return ConfigurationProblem.error(
                name,
                "is no setting of this service; "
                        + meant.map(it -> "did you mean " + it + "?").orElse("remove it"));
    }
}
