// The report as a reader gets it: from disk, without a network, with the keyboard, in the light and in the dark.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const report = process.env.AUTOMIX_REPORT;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
let browser;

before(async () => {
  assert.ok(report, "AUTOMIX_REPORT names the page that `automix report` wrote");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: quiet });
});
after(() => browser?.close());

async function open(colorScheme) {
  const page = await browser.newPage({ colorScheme });
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => !/^(file|data):/.test(request.url()) && problems.push(`asked for ${request.url()}`));
  await page.goto(pathToFileURL(report).href);
  return { page, problems };
}

for (const scheme of ["light", "dark"]) {
  test(`report, ${scheme}: no error, no request, no serious violation of accessibility`, async () => {
    const { page, problems } = await open(scheme);
    // The page forbids scripts of others; the checker is let in through the debugger.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const serious = violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
    assert.deepEqual(serious.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`), []);
    assert.deepEqual(problems, []);
    if (process.env.AUTOMIX_SCREENSHOTS) {
      await page.setViewportSize({ width: 1000, height: 900 });
      await page.screenshot({ path: `${process.env.AUTOMIX_SCREENSHOTS}/report-${scheme}.png`, fullPage: true });
    }
    await page.close();
  });
}

test("report: the slider moves with the keyboard and changes the savings", async () => {
  const { page } = await open("light");
  const saved = page.locator("#saved");
  const before = await saved.textContent();
  await page.locator("#volume").focus();
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press("ArrowRight");
  }

  const after = await saved.textContent();
  assert.match(before, /^-?\$[\d,]+$/);
  assert.match(after, /^-?\$[\d,]+$/);
  assert.notEqual(after, before);
  assert.equal(await page.locator("#volume").getAttribute("aria-valuetext"), `${await page.locator("#volume-text").textContent()} requests a month`);
  await page.close();
});

test("report: the page does not scroll sideways on a narrow screen", async () => {
  const { page } = await open("light");
  await page.setViewportSize({ width: 380, height: 800 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `overflows by ${overflow} pixels`);
  await page.close();
});
