import { answered, holds, matches, Mismatch, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

check("GET /ok", "reports that it is up", async (t) => {
  answered(await t.visitor().get("/ok"), 200, { ok: true });
});

// In production, without a page of its own, the server leads to the front end's root instead.
function isErrorPage(answer, error) {
  if (answer.status === 302) {
    matches(answer.headers.location, new RegExp(`[?&]error=${error}(&|$)`), "location");
  } else if (answer.status === 200) {
    matches(answer.headers["content-type"], /^text\/html\b/, "content-type");
    matches(answer.text, new RegExp(error), "page");
  } else {
    throw new Mismatch("status of GET /error", "200 with a page, or 302", answer.status);
  }
}

check("GET /error", "names the error", async (t) => {
  isErrorPage(await t.visitor().get("/error", { query: { error: "INVALID_TOKEN" } }), "INVALID_TOKEN");
});

check("GET /error", "returns a page without an error code", async (t) => {
  const answer = await t.visitor().get("/error");
  holds([200, 302].includes(answer.status), "200 or 302", answer.status);
});

check("GET /error", "does not reflect markup", async (t) => {
  const markup = "<script>alert(1)</script>";
  for (const query of [{ error: markup }, { error: "a", error_description: markup }]) {
    const answer = await t.visitor().get("/error", { query });
    same(answer.text.includes(markup), false, "the page holds the markup");
  }
});
