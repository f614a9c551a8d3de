package dev.latchkey.api;

import static io.restassured.RestAssured.given;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class SmokeTest {
    @Test
    void all() {
        Response r = given().contentType("application/json")
                .body("{\"email\":\"Ada@Example.com\",\"password\":\"correct horse\",\"name\":\"Ada\"}")
                .post("/api/auth/signup");
        show(r);
        String t = r.path("access_token");
        String id = r.path("user.id");
        String rt = r.path("refresh_token");
        show(given().header("Authorization", "bearer " + t).get("/api/users/" + id));
        show(given().header("Authorization", "Bearer " + t).get("/api/users/" + id + "x"));
        show(given().get("/api/users/" + id));
        show(given().header("Authorization", "Bearer " + t + "x").get("/api/users/" + id));
        show(given().header("Authorization", "Bearer " + t)
                .header("Authorization", "Bearer " + t)
                .get("/api/users/" + id));
        show(given().header("Authorization", "Bearer " + t).get("/api/auth/session"));
        show(given().contentType("application/json")
                .body("{\"email\":\"ada@example.com\",\"password\":\"correct horse\"}")
                .post("/api/auth/login"));
        show(given().contentType("application/json")
                .body("{\"email\":\"ada@example.com\",\"password\":\"wrong horse\"}")
                .post("/api/auth/login"));
        show(given().contentType("application/json")
                .body("{\"email\":\"ada@example.com\",\"password\":5}")
                .post("/api/auth/login"));
        show(given().contentType("application/json")
                .body("{\"email\":\"ada@example.com\",\"password\":\"a\"} x")
                .post("/api/auth/login"));
        show(given().contentType("application/json")
                .body("{\"email\":\"ada@example.com\",\"password\":\"a\"} {}")
                .post("/api/auth/login"));
        show(given().contentType("application/json")
                .body("{\"email\":\"ada@example.com\",\"email\":\"a\"}")
                .post("/api/auth/login"));
        show(given().contentType("application/json")
                .body("{\"email\":\"ada@example\"}")
                .post("/api/auth/signup"));
        show(given().contentType("application/json").body("[]").post("/api/auth/signup"));
        show(given().contentType("application/json").body("null").post("/api/auth/signup"));
        show(given().contentType("application/json").body("").post("/api/auth/signup"));
        show(given().contentType("text/plain").body("x").post("/api/auth/signup"));
        show(given().accept("text/html")
                .contentType("application/json")
                .body("{}")
                .post("/api/auth/signup"));
        show(given().get("/api/auth/signup"));
        show(given().get("/api/nothing"));
        show(given().get("/nothing"));
        show(given().get("/api/auth/jwks"));
        show(given().get("/.well-known/jwks.json"));
        show(given().contentType("application/json")
                .body("{\"refresh_token\":\"" + rt + "\"}")
                .post("/api/auth/refresh"));
        show(given().post("/api/auth/refresh"));
        show(given().header("Authorization", "Bearer " + t)
                .contentType("application/json")
                .body("{\"name\":null,\"image\":\"x\"}")
                .patch("/api/users/" + id));
        show(given().header("Authorization", "Bearer " + t)
                .contentType("application/json")
                .body("{\"name\":5}")
                .patch("/api/users/" + id));
        show(given().header("Authorization", "Bearer " + t).get("/api/users/" + id + "/sessions"));
        show(given().header("Authorization", "Bearer " + t).get("/api/users/" + id + "/events"));
        show(given().header("Authorization", "Bearer " + t)
                .contentType("application/json")
                .body("{\"current_password\":\"correct horse\",\"new_password\":\"battery staple\"}")
                .put("/api/users/" + id + "/password"));
        show(given().header("Authorization", "Bearer " + t).get("/api/users/" + id + "/sessions"));
        show(given().header("Authorization", "Bearer " + t).post("/api/auth/logout"));
        show(given().contentType("application/json").body("x".repeat(100000)).post("/api/auth/signup"));
        show(given().urlEncodingEnabled(false).get("/api/users/a%2Fb"));
    }

    static int n;

    static void show(Response r) {
        System.out.println("#" + ++n + " " + r.statusLine() + "\n" + r.headers() + "\n" + r.asString() + "\n");
    }
}
