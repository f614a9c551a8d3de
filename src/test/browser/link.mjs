// The page of an e-mail link in Chromium that runs no scripts: node link.mjs URL PICTURE BUTTON [press]
// Opens the page, which has one form with one button of that name, and presses it if told to. Prints what the page shows then.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [url, picture, button, press] = process.argv.slice(2);
const TIMEOUT = 20_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 600, height: 520 } });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT);
  const requests = [];
  page.on("request", (request) => requests.push(`${request.method()} ${request.url()}`));

  const opened = await page.goto(url);
  assert.equal(opened.status(), 200);
  assert.equal(await page.locator("form").count(), 1, "one form");
  assert.equal(await page.locator("button, input[type=submit]").count(), 1, "one button");
  await page.screenshot({ path: picture });
  assert.deepEqual(
    requests.filter((request) => !request.startsWith("GET ")),
    [],
    "opening the page sends nothing",
  );

  if (press === "press") {
    const [pressed] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === "POST"),
      page.getByRole("button", { name: button, exact: true }).click(),
    ]);
    assert.equal(pressed.url(), url, "the form goes to the page itself");
    await page.waitForLoadState();
  } else {
    await page.getByRole("button", { name: button, exact: true }).waitFor();
  }
  console.log(await page.locator("body").innerText());
} finally {
  await browser.close();
}
