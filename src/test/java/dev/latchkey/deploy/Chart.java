package dev.latchkey.deploy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The Helm chart, and what Helm makes of it. No cluster is needed, and no helm on the PATH. */
public final class Chart {

    static final Path FOLDER = Path.of("deploy", "helm", "latchkey");
    static final String RELEASE = "latchkey";
    static final String NAMESPACE = "auth";

    /**
     * What has to be set, whatever else is; and a master secret, since the library looks for a generated one in the cluster
     * that the machine is connected to. {@link SecretTemplateTest} brings a cluster of its own.
     */
    public static final String REQUIRED = """
            publicUrl: https://auth.example.com
            database:
              host: postgres.example.com
              existingSecret: latchkey-database
            masterSecret:
              existingSecret: our-master-secret
            """;

    /** Behind an ingress the proxies are needed too. */
    public static final String WITH_PROXIES = REQUIRED + """
            trustedProxies:
              - 10.244.0.0/16
            """;

    private static final String HOOK = "helm.sh/hook";

    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Refuses a property that the type does not have; the types themselves would keep it. */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    private Chart() {}

    /** What one rendering made. */
    public record Manifests(List<JsonNode> documents) {

        /** Returns the one object of this type. */
        public <T extends HasMetadata> T only(Class<T> type) {
            List<T> all = all(type);
            if (all.size() != 1) {
                throw new AssertionError("there are " + all.size() + " of " + type.getSimpleName());
            }
            return all.get(0);
        }

        <T extends HasMetadata> List<T> all(Class<T> type) {
            return documents.stream()
                    .filter(document -> document.path("kind").asText().equals(HasMetadata.getKind(type))
                            && document.path("apiVersion").asText().equals(HasMetadata.getApiVersion(type)))
                    .map(document -> read(document, type))
                    .toList();
        }

        <T extends HasMetadata> T named(Class<T> type, String name) {
            return all(type).stream()
                    .filter(object -> object.getMetadata().getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no " + type.getSimpleName() + " " + name));
        }

        private static <T> T read(JsonNode document, Class<T> type) {
            try {
                return STRICT.treeToValue(document, type);
            } catch (IOException e) {
                throw new UncheckedIOException(document.toPrettyString(), e);
            }
        }
    }

    /** Renders the chart with these values, each a YAML document, of which later ones have precedence. */
    public static Manifests render(String... values) {
        return manifests(text(values));
    }

    /**
     * Renders the hooks of the chart, too. The library leaves them out, so they are ordinary objects in a copy of the chart, with
     * annotations that begin with "hook" in place of "helm.sh/hook".
     */
    static Manifests renderWithHooks(String... values) {
        try {
            Path copy = Files.createTempDirectory("chart");
            try (Stream<Path> files = Files.walk(FOLDER)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path to = copy.resolve(FOLDER.relativize(file).toString());
                    Files.createDirectories(to.getParent());
                    Files.writeString(to, Files.readString(file).replace(HOOK, "hook"));
                }
                return manifests(text(copy, values));
            } finally {
                deleteAll(copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Manifests manifests(String rendered) {
        List<JsonNode> documents = new ArrayList<>();
        try {
            YAML.readerFor(JsonNode.class).<JsonNode>readValues(rendered).forEachRemaining(document -> {
                if (document.isObject()) {
                    documents.add(document);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(rendered, e);
        }
        return new Manifests(List.copyOf(documents));
    }

    /** Returns the text that Helm makes of the chart. */
    static String text(String... values) {
        return text(FOLDER, values);
    }

    private static String text(Path chart, String... values) {
        return withValues(
                values,
                file -> new Helm(chart)
                        .template()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion("1.31.0")
                        .withValuesFile(file)
                        .call());
    }

    /** Returns what is printed after an installation. */
    static String notes(String... values) {
        return withValues(
                values,
                file -> new Helm(FOLDER)
                        .install()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion("1.31.0")
                        .withValuesFile(file)
                        .clientOnly()
                        .withDryRunOption(DryRun.CLIENT)
                        .call()
                        .getOutput());
    }

    /** Returns these values after others. */
    static String[] and(String first, String... values) {
        return Stream.concat(Stream.of(first), Stream.of(values)).toArray(String[]::new);
    }

    static LintResult lint() {
        return new Helm(FOLDER).lint().strict().call();
    }

    /** Returns the message with which Helm refuses these values. */
    static String refusal(String... values) {
        try {
            text(values);
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("the values are accepted");
    }

    static <T> T withValues(String[] values, Function<Path, T> call) {
        try {
            ObjectNode all = YAML.createObjectNode();
            for (String document : values) {
                merge(all, YAML.readTree(document));
            }
            Path file = Files.createTempFile("values", ".yaml");
            try {
                Files.write(file, YAML.writeValueAsBytes(all));
                return call.apply(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void merge(ObjectNode into, JsonNode values) {
        values.properties().forEach(entry -> {
            if (into.get(entry.getKey()) instanceof ObjectNode present
                    && entry.getValue().isObject()) {
                merge(present, entry.getValue());
            } else {
                into.set(entry.getKey(), entry.getValue());
            }
        });
    }
}
