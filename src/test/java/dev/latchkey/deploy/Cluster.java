package dev.latchkey.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/**
 * As much of the API of Kubernetes as Helm needs to install, upgrade and delete a release: objects that are kept in memory as
 * they were sent. Nothing runs.
 */
final class Cluster implements AutoCloseable {

    private record Resource(String group, String plural, String kind) {}

    /** What the chart has by default, and what Helm keeps its releases in. */
    private static final List<Resource> RESOURCES = List.of(
            new Resource("v1", "secrets", "Secret"),
            new Resource("v1", "configmaps", "ConfigMap"),
            new Resource("v1", "services", "Service"),
            new Resource("v1", "serviceaccounts", "ServiceAccount"),
            new Resource("apps/v1", "deployments", "Deployment"),
            new Resource("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget"),
            new Resource("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy"));

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final Map<String, ObjectNode> objects = new TreeMap<>();
    private final List<String> changes = new ArrayList<>();

    Cluster() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::handle);
        server.start();
    }

    /** Returns the contents of a kubeconfig. */
    String config() {
        return """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: test, user: {}}]
                contexts: [{name: test, context: {cluster: test, user: test, namespace: auth}}]
                """.formatted(server.getAddress().getPort());
    }

    synchronized Optional<ObjectNode> find(String plural, String name) {
        return objects.entrySet().stream()
                .filter(it -> it.getKey().endsWith("/" + plural + "/" + name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    synchronized void delete(String plural, String name) {
        objects.keySet().removeIf(it -> it.endsWith("/" + plural + "/" + name));
    }

    /** Returns the objects that were created, changed and deleted since the last call, without Helm's own. */
    synchronized List<String> changes() {
        List<String> since =
                changes.stream().filter(it -> !it.contains("sh.helm.release")).toList();
        changes.clear();
        return since;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange request) throws IOException {
        try (request) {
            byte[] body = request.getRequestBody().readAllBytes();
            Response response =
                    respond(request.getRequestMethod(), request.getRequestURI().getPath(), body);
            byte[] text = JSON.writeValueAsBytes(response.body());
            request.getResponseHeaders().set("Content-Type", "application/json");
            request.sendResponseHeaders(response.status(), text.length);
            request.getResponseBody().write(text);
        }
    }

    private record Response(int status, JsonNode body) {}

    private synchronized Response respond(String method, String path, byte[] body) throws IOException {
        if (path.equals("/version")) {
            return new Response(200, JSON.readTree("{\"major\":\"1\",\"minor\":\"31\",\"gitVersion\":\"v1.31.0\"}"));
        }
        if (path.equals("/api")) {
            return new Response(200, JSON.readTree("{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}"));
        }
        if (path.equals("/apis")) {
            return new Response(200, groups());
        }
        String below = path.replaceFirst("^/apis?/", "");
        if (RESOURCES.stream().anyMatch(it -> it.group().equals(below))) {
            return new Response(200, resources(below));
        }
        if (!path.contains("/namespaces/auth/")) {
            return missing(path);
        }
        return switch (method) {
            case "GET" -> get(path);
            case "POST" -> post(path, body);
            case "PUT", "PATCH" -> change(method, path, body);
            case "DELETE" -> {
                changes.add("DELETE " + path);
                yield objects.remove(path) == null
                        ? missing(path)
                        : new Response(
                                200,
                                JSON.readTree("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Success\"}"));
            }
            default -> missing(path);
        };
    }

    private Response get(String path) {
        ObjectNode object = objects.get(path);
        if (object != null) {
            return new Response(200, object);
        }
        Optional<Resource> listed = RESOURCES.stream()
                .filter(it -> path.endsWith("/" + it.plural()))
                .findFirst();
        if (listed.isEmpty()) {
            return missing(path);
        }
        // Helm asks for its own by label; there are no others of that kind with a name like theirs.
        ObjectNode list = JSON.createObjectNode()
                .put("kind", listed.get().kind() + "List")
                .put("apiVersion", listed.get().group());
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        objects.forEach((name, item) -> {
            if (name.startsWith(path + "/sh.helm.release")) {
                items.add(item);
            }
        });
        return new Response(200, list);
    }

    private Response post(String path, byte[] body) throws IOException {
        ObjectNode object = read(body);
        String name = path + "/" + object.path("metadata").path("name").asText();
        changes.add("POST " + name);
        object.withObject("/metadata").put("namespace", "auth").put("resourceVersion", "1");
        objects.put(name, object);
        return new Response(201, object);
    }

    private Response change(String method, String path, byte[] body) throws IOException {
        ObjectNode present = objects.get(path);
        if (present == null) {
            return missing(path);
        }
        changes.add(method + " " + path);
        ObjectNode sent = read(body);
        if (method.equals("PUT")) {
            objects.put(path, sent);
            return new Response(200, sent);
        }
        if (present.path("immutable").asBoolean() && sent.has("data")) {
            return new Response(
                    422,
                    JSON.readTree("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":422,"
                            + "\"message\":\"field is immutable when `immutable` is set\"}"));
        }
        // A merge that knows nothing of lists: enough for what the tests change.
        return new Response(200, JSON.readerForUpdating(present).readValue(sent));
    }

    /** Reads what was sent: JSON, or, of the records that Helm keeps of releases, Protocol Buffers. */
    private static ObjectNode read(byte[] body) throws IOException {
        if (body[0] == '{') {
            return (ObjectNode) JSON.readTree(body);
        }
        // The four letters k8s\0, and an envelope whose second field is the object.
        Map<Integer, List<byte[]>> secret =
                fields(fields(Arrays.copyOfRange(body, 4, body.length)).get(2).get(0));
        Map<Integer, List<byte[]>> metadata = fields(secret.get(1).get(0));
        ObjectNode object = JSON.createObjectNode().put("kind", "Secret").put("apiVersion", "v1");
        ObjectNode written = object.putObject("metadata").put("name", text(metadata.get(1)));
        ObjectNode labels = written.putObject("labels");
        for (byte[] entry : metadata.getOrDefault(11, List.of())) {
            labels.put(text(fields(entry).get(1)), text(fields(entry).get(2)));
        }
        ObjectNode data = object.putObject("data");
        for (byte[] entry : secret.getOrDefault(2, List.of())) {
            data.put(text(fields(entry).get(1)), fields(entry).get(2).get(0));
        }
        return object.put("type", text(secret.get(3)));
    }

    private static String text(List<byte[]> values) {
        return new String(values.get(0), StandardCharsets.UTF_8);
    }

    /** Returns the fields of a message that have a length; the others are numbers, which nothing here needs. */
    private static Map<Integer, List<byte[]>> fields(byte[] message) {
        Map<Integer, List<byte[]>> fields = new TreeMap<>();
        ByteBuffer rest = ByteBuffer.wrap(message);
        while (rest.hasRemaining()) {
            int key = number(rest);
            int value = number(rest);
            if ((key & 7) == 2) {
                byte[] bytes = new byte[value];
                rest.get(bytes);
                fields.computeIfAbsent(key >> 3, it -> new ArrayList<>()).add(bytes);
            }
        }
        return fields;
    }

    private static int number(ByteBuffer from) {
        int number = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            number |= (next & 0x7F) << shift;
            if (next >= 0) {
                return number;
            }
        }
    }

    private static Response missing(String path) {
        ObjectNode status = JSON.createObjectNode();
        status.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
        status.put("reason", "NotFound").put("code", 404).put("message", path + " not found");
        return new Response(404, status);
    }

    private static JsonNode groups() {
        ObjectNode list = JSON.createObjectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        RESOURCES.stream()
                .map(Resource::group)
                .filter(group -> group.contains("/"))
                .distinct()
                .forEach(group -> {
                    ObjectNode version = JSON.createObjectNode()
                            .put("groupVersion", group)
                            .put("version", group.substring(group.indexOf('/') + 1));
                    ObjectNode one = groups.addObject().put("name", group.substring(0, group.indexOf('/')));
                    one.putArray("versions").add(version);
                    one.set("preferredVersion", version);
                });
        return list;
    }

    private static JsonNode resources(String group) {
        ObjectNode list = JSON.createObjectNode()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", group);
        ArrayNode resources = list.putArray("resources");
        RESOURCES.stream().filter(it -> it.group().equals(group)).forEach(it -> {
            ObjectNode resource = resources
                    .addObject()
                    .put("name", it.plural())
                    .put("singularName", "")
                    .put("namespaced", true)
                    .put("kind", it.kind());
            for (String verb : List.of("create", "delete", "get", "list", "patch", "update")) {
                resource.withArray("/verbs").add(verb);
            }
        });
        return list;
    }
}
