package dev.latchkey.platform.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings that exist: those that stand in application.properties, and the variables it mentions.
 *
 * <p>A setting with a name in it that the operator chooses, and one of an entry in a list, is declared by a template, which
 * is no setting itself: {@code template.latchkey.oauth.clients.*.secret=}, {@code template.latchkey.gate.rules[0].path=}.
 */
final class KnownProperties {

    private static final String PREFIX = "latchkey.";
    private static final String TEMPLATE = "template.";
    private static final Pattern PROFILE = Pattern.compile("^%[^.]+\\.");
    private static final Pattern INDEX = Pattern.compile("\\[(?:0|[1-9]\\d*)]");
    private static final Pattern INDEX_IN_VARIABLE = Pattern.compile("_(?:0|[1-9]\\d*)_(?=_|$)");
    private static final Pattern VARIABLE = Pattern.compile("\\bLATCHKEY_[A-Z0-9_]+");
    private static final Pattern NOT_ALPHANUMERIC = Pattern.compile("[^a-zA-Z0-9]");

    /** What Kubernetes tells every container about a Service: variables of its name, and their values. */
    private static final Pattern SERVICE_HOST = Pattern.compile("LATCHKEY(_[A-Z0-9]+)*_SERVICE_HOST");

    private static final Pattern SERVICE_PORT = Pattern.compile("LATCHKEY(_[A-Z0-9]+)*_SERVICE_PORT(_[A-Z0-9_]+)?");
    private static final Pattern PORT = Pattern.compile("LATCHKEY(_[A-Z0-9]+)*_PORT(_\\d+_(TCP|UDP|SCTP))?");
    private static final Pattern PORT_PART =
            Pattern.compile("LATCHKEY(_[A-Z0-9]+)*_PORT_\\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)");
    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Set<String> properties = new TreeSet<>();
    private final Set<String> variables = new TreeSet<>();
    private final List<WildcardProperty> named = new ArrayList<>();

    KnownProperties(Properties declared) {
        for (String declaredName : declared.stringPropertyNames()) {
            String name = generalise(declaredName);
            if (name.startsWith(TEMPLATE + PREFIX) && name.contains("*")) {
                named.add(new WildcardProperty(name.substring(TEMPLATE.length())));
            } else if (name.startsWith(TEMPLATE + PREFIX)) {
                declare(name.substring(TEMPLATE.length()));
            } else if (name.startsWith(PREFIX)) {
                declare(name);
            }
            VARIABLE.matcher(declared.getProperty(declaredName))
                    .results()
                    .forEach(found -> variables.add(found.group()));
        }
    }

    private void declare(String name) {
        properties.add(name);
        variables.add(generaliseVariable(variableOf(name)));
    }

    boolean isUnknownProperty(String name) {
        String general = generalise(name);
        return general.startsWith(PREFIX)
                && !properties.contains(general)
                && named.stream().noneMatch(setting -> setting.isProperty(general));
    }

    boolean isUnknownVariable(String name, String value) {
        return name.startsWith("LATCHKEY_")
                && !variables.contains(name)
                && !variables.contains(generaliseVariable(name))
                && named.stream().noneMatch(setting -> setting.isVariable(name))
                && !isOfKubernetes(name, value);
    }

    Optional<String> nearestProperty(String name) {
        String general = generalise(name);
        return Suggestions.nearest(
                general,
                Stream.concat(properties.stream(), named.stream().flatMap(setting -> setting.propertyFor(general)))
                        .toList());
    }

    Optional<String> nearestVariable(String name) {
        return Suggestions.nearest(
                generaliseVariable(name),
                Stream.concat(variables.stream(), named.stream().flatMap(setting -> setting.variableFor(name)))
                        .toList());
    }

    /** By value too, so that a LATCHKEY_PORT=8080 of somebody who means the HTTP port is not taken for a Service's. */
    static boolean isOfKubernetes(String name, String value) {
        return SERVICE_HOST.matcher(name).matches()
                || SERVICE_PORT.matcher(name).matches()
                || PORT_PART.matcher(name).matches()
                || (PORT.matcher(name).matches() && ADDRESS.matcher(value).matches());
    }

    private static String generalise(String property) {
        return INDEX.matcher(PROFILE.matcher(property).replaceFirst("")).replaceAll("[0]");
    }

    private static String generaliseVariable(String variable) {
        return INDEX_IN_VARIABLE.matcher(variable).replaceAll("_0_");
    }

    static String variableOf(String property) {
        return NOT_ALPHANUMERIC.matcher(property).replaceAll("_").toUpperCase(Locale.ROOT);
    }
}
