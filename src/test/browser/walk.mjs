// A person's way through examples/nextjs, in Chromium: node walk.mjs APP_URL LATCHKEY_URL FOLDER
// Every station leaves a picture in the folder. Whatever a page says on its console as an error ends the walk, but for
// the refusals that a station announces.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [app, latchkey, folder] = process.argv.slice(2);
const TIMEOUT = 20_000;
const PASSWORD = "correct horse battery";
const NEW_PASSWORD = "four words are enough";
const email = `ada-${Date.now().toString(36)}@example.com`;
const name = "Ada Lovelace";

const pages = [];
/** What was said on the pages' consoles as an error, and the refusals that explain some of it. */
const objections = [];
const announced = [];
let pictures = 0;

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    // Behind HTTPS: the one certificate that is trusted besides those that the browser knows.
    `--ignore-certificate-errors-spki-list=${process.env.CERTIFICATE_KEY_HASH ?? ""}`,
  ],
  // The back button of real browsers brings pages back as they were, unless something is against it.
  ignoreDefaultArgs: ["--disable-back-forward-cache"],
});

try {
  const laptop = await device({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  const phone = await device({
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
    isMobile: true,
    hasTouch: true,
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
      "Version/19.0 Mobile/15E148 Safari/604.1",
  });
  const first = await tab(laptop);
  const mobile = await tab(phone);

  await station("the start", async () => {
    await first.goto(app);
    await visible(first.getByRole("heading", { name: "Keep your front end." }));
    await picture(first, "start");
    await mobile.goto(app);
    await picture(mobile, "start-on-a-phone");
  });

  await station("a private page leads to the sign-in, which knows the way back", async () => {
    await first.goto(`${app}/account/security?from=walk`);
    await at(first, "/sign-in?next=%2Faccount%2Fsecurity%3Ffrom%3Dwalk");
    await visible(first.getByText("Sign in to see that page."));
    await picture(first, "sent-to-sign-in");
  });

  await station("sign up, and back to the page that was asked for", async () => {
    await first.getByRole("link", { name: "Create an account" }).click();
    await at(first, "/sign-up?next=%2Faccount%2Fsecurity%3Ffrom%3Dwalk");
    await first.getByLabel("Name").fill(name);
    await first.getByLabel("Email").fill(email);
    await first.getByLabel("Password").fill("short");
    await picture(first, "sign-up");
    await sent(first, "/api/auth/sign-up/email", 400, () => press(first, "Create account"));
    await visible(first.getByText("That password is too short."));
    await focused(first, "newPassword");
    await picture(first, "too-short");
    await first.getByLabel("Password").fill(PASSWORD);
    await sent(first, "/api/auth/sign-up/email", 200, () => first.getByLabel("Password").press("Enter"));
    await at(first, "/account/security?from=walk");
    await visible(first.getByText("This device"));
    await picture(first, "signed-up");
  });

  await station("a reload changes nothing", async () => {
    await first.getByRole("link", { name: "Account" }).click();
    await at(first, "/account");
    await first.reload();
    await visible(first.getByRole("heading", { name: `Hello, ${name}` }));
  });

  const second = await tab(laptop);
  await station("a second tab is signed in, too", async () => {
    await second.goto(`${app}/account`);
    await visible(second.getByRole("heading", { name: `Hello, ${name}` }));
    await visible(second.getByText(email));
  });

  await station("what the server of the app sends holds nothing private, and is not kept", async () => {
    for (const path of ["/account", "/account/security"]) {
      const answer = await laptop.request.get(app + path);
      assert.equal(answer.status(), 200);
      assert.equal(answer.headers()["cache-control"], "no-store");
      const text = await answer.text();
      assert.ok(!text.includes(email) && !text.includes(name), `${path} holds private data`);
    }
  });

  await station("the backend gets a token, and asks for it", async () => {
    const asked = first.waitForRequest((request) => request.headers().authorization?.startsWith("Bearer "));
    await press(first, "Call it");
    await visible(first.getByText("It answered 200"));
    await visible(first.locator("pre", { hasText: email }));
    await picture(first, "backend");
    const request = await asked;
    const headers = await request.allHeaders();
    assert.match(headers.authorization, /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    assert.equal(headers.cookie, undefined, "the backend needs no cookie");
    assert.equal((await fetch(request.url())).status, 401);
    const altered = headers.authorization.replace(/\.[^.]+$/, `.${"A".repeat(86)}`);
    assert.equal((await fetch(request.url(), { headers: { authorization: altered } })).status, 401);
    const stored = await first.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    assert.ok(!stored.includes("eyJ"), `a token lies about: ${stored}`);
  });

  await station("another device: an address that is taken, a wrong password, and the right one", async () => {
    await mobile.getByRole("link", { name: "Create an account" }).click();
    await at(mobile, "/sign-up");
    await mobile.getByLabel("Name").fill("Eve");
    await mobile.getByLabel("Email").fill(email);
    await mobile.getByLabel("Password").fill(PASSWORD);
    await sent(mobile, "/api/auth/sign-up/email", 422, () => press(mobile, "Create account"));
    await visible(mobile.getByText("There is an account with this address already."));
    await focused(mobile, "email");
    await picture(mobile, "address-taken");

    await mobile.getByRole("link", { name: "Sign in" }).click();
    await at(mobile, "/sign-in");
    await wrongPassword(mobile, "wrong horse battery");
    await picture(mobile, "wrong-password");
    await signIn(mobile, PASSWORD);
    await at(mobile, "/account");
    await visible(mobile.getByRole("heading", { name: `Hello, ${name}` }));
    await picture(mobile, "account-on-a-phone");
  });

  await station("the first device ends the other's session", async () => {
    await first.getByRole("link", { name: "Security" }).click();
    await visible(first.getByText("Safari on iPhone"));
    assert.equal(await first.getByRole("listitem").count(), 2);
    assert.equal(await first.getByRole("listitem").filter({ hasText: "This device" }).count(), 1);
    await picture(first, "sessions");
    await first.getByRole("button", { name: /^Sign out Safari on iPhone/ }).click();
    await visible(first.getByText("That device is signed out."));
    await gone(first.getByText("Safari on iPhone"));
    await picture(first, "other-device-ended");
  });

  await station("the other device notices when somebody looks at it", async () => {
    await mobile.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await at(mobile, "/sign-in?next=%2Faccount&ended=");
    await visible(mobile.getByText("You are signed out."));
    await picture(mobile, "other-device-signed-out");
  });

  await station("a new name, in both tabs", async () => {
    await first.getByRole("link", { name: "Account" }).click();
    await first.getByLabel("Name").fill("Countess of Lovelace");
    await press(first, "Save name");
    await visible(first.getByText("Your name is saved."));
    await visible(first.getByRole("heading", { name: "Hello, Countess of Lovelace" }));
    await visible(second.getByRole("heading", { name: "Hello, Countess of Lovelace" }));
    await picture(first, "new-name");
  });

  await station("a new password ends all other sessions", async () => {
    await signIn(mobile, PASSWORD);
    await at(mobile, "/account");
    await mobile.getByRole("link", { name: "Security" }).click();
    await visible(mobile.getByText("This device"));
    await picture(mobile, "security-on-a-phone");

    await first.getByRole("link", { name: "Security" }).click();
    await visible(first.getByText("Safari on iPhone"));
    await first.getByLabel("Current password").fill("wrong horse battery");
    await first.getByLabel("New password").fill(NEW_PASSWORD);
    await sent(first, "/api/auth/change-password", 400, () => press(first, "Change password"));
    await visible(first.getByText("That is not your current password."));
    await focused(first, "currentPassword");
    await picture(first, "wrong-current-password");
    await first.getByLabel("Current password").fill(PASSWORD);
    await sent(first, "/api/auth/change-password", 200, () => press(first, "Change password"));
    await visible(first.getByText("Your password is changed."));
    await gone(first.getByText("Safari on iPhone"));
    assert.equal(await first.getByRole("listitem").count(), 1);
    await picture(first, "password-changed");

    await mobile.reload();
    await at(mobile, "/sign-in?next=%2Faccount%2Fsecurity");
    await wrongPassword(mobile, PASSWORD);
    await signIn(mobile, NEW_PASSWORD);
    await at(mobile, "/account/security");
  });

  await station("the way back leads nowhere but into this app", async () => {
    for (const next of [
      "https://evil.example/",
      "//evil.example/",
      "/\\evil.example/",
      "/\t/evil.example/",
      "/.//evil.example/",
      "/x/..//evil.example/",
      "javascript:alert(1)",
      "account",
      "",
    ]) {
      await mobile.goto(`${app}/sign-in?next=${encodeURIComponent(next)}`);
      await at(mobile, "/account");
      await visible(mobile.getByRole("heading", { name: "Hello, Countess of Lovelace" }));
    }
  });

  await station("without Latchkey it says so, and goes on when it is back", async () => {
    await mobile.route(`${latchkey}/**`, (route) => {
      announced.push(`0 ${new URL(route.request().url()).pathname}`);
      return route.abort();
    });
    await mobile.goto(`${app}/account`);
    await visible(mobile.getByText("No response. Check your connection and try again."));
    await picture(mobile, "no-answer");
    await mobile.unroute(`${latchkey}/**`);
    await press(mobile, "Try again");
    await visible(mobile.getByRole("heading", { name: "Hello, Countess of Lovelace" }));
  });

  const third = await tab(laptop);
  await station("signed out in one tab is signed out in all", async () => {
    await third.goto(`${app}/account`);
    await visible(third.getByText(email));
    await third.evaluate((address) => (location.href = address), app);
    await visible(third.getByRole("heading", { name: "Keep your front end." }));

    await press(first, "Sign out");
    await visible(first.getByText("You are signed out."));
    await at(first, "/sign-in?next=%2Faccount%2Fsecurity&ended=");
    await visible(second.getByText("You are signed out."));
    await picture(first, "signed-out");
    await picture(second, "second-tab-signed-out");
    const cookies = await laptop.cookies();
    assert.deepEqual(cookies.filter((cookie) => cookie.name.includes("session")), []);
  });

  await station("the back button shows nothing private", async () => {
    // In these two tabs a page that holds the address, be it for a moment, says so on its console.
    for (const page of [first, third]) {
      await page.addInitScript((text) => {
        const look = () => document.body?.textContent.includes(text) && console.error("private data");
        new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
      }, email);
    }
    for (let steps = 0; steps < 4; steps++) {
      await first.goBack();
      await nothingPrivate(first);
    }
    await picture(first, "back");
    await third.goBack();
    await nothingPrivate(third);
    await at(third, "/sign-in?next=%2Faccount");
  });

  await station("sign in, and back to the page that was asked for", async () => {
    await second.goto(`${app}/account/security?from=walk`);
    await signIn(second, NEW_PASSWORD);
    await at(second, "/account/security?from=walk");
    await visible(second.getByText("This device"));
  });

  await station("a browser that keeps pages as they were keeps an empty one, which asks again", async () => {
    await second.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
    await second.locator("body").waitFor({ state: "hidden" });
    const reloaded = second.waitForEvent("domcontentloaded");
    await second.evaluate(() => {
      setTimeout(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    });
    await reloaded;
    await visible(second.getByText("This device"));
  });

  console.log(`${pictures} pictures`);
} catch (problem) {
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `failed-${index}.png`) }).catch(() => {});
    console.error(`page ${index}: ${page.url()}`);
  }
  console.error(problem);
  console.error("said on the pages' consoles:", unexplained());
  process.exitCode = 1;
} finally {
  await browser.close();
}

async function station(words, visit) {
  const begun = Date.now();
  await visit();
  assert.deepEqual(unexplained(), [], words);
  console.log(`${words}: ${Date.now() - begun} ms`);
}

function unexplained() {
  const known = [...announced];
  return objections.filter(({ refusal }) => {
    const index = known.indexOf(refusal);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

async function device(options) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(TIMEOUT);
  return context;
}

async function tab(context) {
  const page = await context.newPage();
  pages.push(page);
  page.on("pageerror", (error) => objections.push({ text: String(error.stack) }));
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    // The browser itself says so when an answer is a refusal, or does not come.
    const { url } = message.location();
    const failed = /^Failed to load resource: (?:.* status of (\d+)|net::)/.exec(message.text());
    const refusal = failed ? `${failed[1] ?? 0} ${new URL(url).pathname}` : undefined;
    objections.push({ refusal, text: `${message.text()} (${url}, on ${page.url()})` });
  });
  return page;
}

/**
 * A form is sent, and answered with this status. A refusal is mentioned by the browser, once. Who is asked to wait
 * waits: the walk is faster than people, and the limits are those of production.
 */
async function sent(page, path, status, act) {
  const answered = page.waitForResponse(
    (response) => response.request().method() === "POST" && response.url() === latchkey + path,
  );
  await act();
  const answer = await answered;
  if (answer.status() >= 400) announced.push(`${answer.status()} ${path}`);
  if (answer.status() !== 429) return assert.equal(answer.status(), status);
  await visible(page.getByText("Too many attempts. Wait a little and try again."));
  const seconds = Number(answer.headers()["x-retry-after"]);
  assert.ok(seconds > 0 && seconds <= 60, `wait for ${seconds} s?`);
  await page.waitForTimeout(seconds * 1000);
  return sent(page, path, status, act);
}

async function signIn(page, password, status = 200) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await sent(page, "/api/auth/sign-in/email", status, () => press(page, "Sign in"));
}

async function wrongPassword(page, password) {
  await signIn(page, password, 401);
  await visible(page.getByText("This address and password do not belong together."));
  await focused(page, "password");
}

async function press(page, button) {
  await page.getByRole("button", { name: button, exact: true }).click();
}

async function visible(locator) {
  await locator.first().waitFor({ state: "visible" });
}

async function gone(locator) {
  await locator.first().waitFor({ state: "detached" });
}

/** A field that was refused has the focus, says that it is wrong, and why. */
async function focused(page, field) {
  const about = await page.waitForFunction((wanted) => {
    const input = document.activeElement;
    if (input?.getAttribute("name") !== wanted || input.getAttribute("aria-invalid") !== "true") return undefined;
    return document.getElementById(input.getAttribute("aria-describedby"))?.textContent;
  }, field);
  assert.ok(await about.jsonValue());
}

/** The page, without what Next.js adds for itself. */
async function at(page, path) {
  await page.waitForURL(app + path);
}

async function nothingPrivate(page) {
  for (let looks = 0; looks < 5; looks++) {
    // A page that is just being replaced has no text.
    const text = await page.evaluate(() => document.body?.innerText ?? "").catch(() => "");
    assert.ok(!text.includes(email) && !text.includes("Lovelace"), `private: ${text}`);
    await page.waitForTimeout(100);
  }
}

async function picture(page, about) {
  pictures++;
  // The browser takes seconds for a picture of a tab that stands behind another one.
  await page.bringToFront();
  const file = `${String(pictures).padStart(2, "0")}-${about}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true, animations: "disabled" });
}
