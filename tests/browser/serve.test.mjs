// `automix serve` as clients in another language use it, and its dashboard as a person sees it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { chromium } from "playwright-core";
import { provider, serve } from "./serve.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const model = "automix";
let upstream, server, client, browser;

before(async () => {
  assert.ok(process.env.AUTOMIX_TOOL, "AUTOMIX_TOOL names AutoMix.Tool.dll");
  upstream = await provider();
  server = await serve(upstream.url);
  client = new OpenAI({ baseURL: `${server.url}v1`, apiKey: "none", maxRetries: 0 });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: quiet });
});
after(async () => {
  await browser?.close();
  await server?.stop();
  upstream?.close();
});

const ask = (content, more) => client.chat.completions.create({ model, messages: [{ role: "user", content }], ...more });
const weather = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }];

test("openai client: an answer, with usage and who answered", async () => {
  const completion = await ask("count");
  assert.equal(completion.choices[0].message.content, "small says one two three");
  assert.equal(completion.choices[0].finish_reason, "stop");
  assert.equal(completion.model, "small");
  assert.ok(completion.usage.total_tokens > 17, "verification is a part of the usage");
});

test("openai client: a hard question goes to the large model", async () => {
  assert.equal((await ask("hard")).model, "large");
});

test("openai client: a stream, whole when put together, with usage at the end", async () => {
  let text = "", finish, usage;
  for await (const chunk of await ask("count", { stream: true, stream_options: { include_usage: true } })) {
    text += chunk.choices[0]?.delta.content ?? "";
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, "small says one two three");
  assert.equal(finish, "stop");
  assert.ok(usage.total_tokens > 0);
});

test("openai client: tools are called and their results come back, whole and streamed", async () => {
  const completion = await ask("weather", { tools: weather });
  assert.equal(completion.choices[0].finish_reason, "tool_calls");
  const [call] = completion.choices[0].message.tool_calls;
  assert.deepEqual(JSON.parse(call.function.arguments), { city: "Oslo" });
  const runner = client.chat.completions.stream({ model, messages: [{ role: "user", content: "weather" }], tools: weather });
  const streamed = (await runner.finalChatCompletion()).choices[0].message;
  assert.equal(streamed.tool_calls[0].function.name, "get_weather");
  const after = await client.chat.completions.create({
    model, tools: weather, messages: [{ role: "user", content: "weather" }, completion.choices[0].message, { role: "tool", tool_call_id: call.id, content: "7 degrees" }],
  });
  assert.equal(after.choices[0].message.content, "It is 7 degrees.");
});

test("openai client: a JSON schema reaches the model", async () => {
  const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
  const completion = await client.chat.completions.parse({ model, messages: [{ role: "user", content: "schema" }], response_format: { type: "json_schema", json_schema: { name: "place", schema, strict: true } } });
  assert.deepEqual(JSON.parse(completion.choices[0].message.content), { city: "place" });
});

test("openai client: errors are of the client's own kinds", async () => {
  await assert.rejects(() => client.chat.completions.create({ model: "gpt-9", messages: [{ role: "user", content: "a" }] }), (error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found");
  await assert.rejects(() => ask("a", { temperature: 9 }), (error) => error instanceof OpenAI.BadRequestError && error.param === "temperature");
  await assert.rejects(() => ask("fail"), (error) => error instanceof OpenAI.RateLimitError);
  await assert.rejects(async () => { for await (const _ of await ask("fail", { stream: true })); }, (error) => error instanceof OpenAI.RateLimitError);
});

test("openai client: cancelling stops the call to the provider", async () => {
  const stop = new AbortController();
  const waits = upstream.waits();
  const asking = client.chat.completions.create({ model, messages: [{ role: "user", content: "wait" }] }, { signal: stop.signal });
  await waits;
  stop.abort();
  await assert.rejects(asking, (error) => error instanceof OpenAI.APIUserAbortError);
  await upstream.aborted();
});

test("openai client: the list of models", async () => {
  assert.deepEqual((await client.models.list()).data.map((one) => one.id), [model]);
});

for (const scheme of ["light", "dark"]) {
  test(`dashboard, ${scheme}: no error, nothing from elsewhere, no serious violation of accessibility`, async () => {
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1200, height: 900 } });
    const problems = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => !request.url().startsWith(server.url) && !request.url().startsWith("data:") && problems.push(`asked for ${request.url()}`));
    await page.goto(server.url);
    await page.waitForFunction(() => document.getElementById("connection").textContent === "live");
    for (const content of ["count", "hard", "what is this", "hard again"]) await ask(content);
    await page.waitForFunction(() => document.querySelectorAll("#log li").length >= 4);
    await page.locator("#log summary").first().click();
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const serious = violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
    assert.deepEqual(serious.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`), []);
    assert.deepEqual(problems, []);
    if (process.env.AUTOMIX_SCREENSHOTS) await page.screenshot({ path: `${process.env.AUTOMIX_SCREENSHOTS}/dashboard-${scheme}.png`, fullPage: true });
    await page.close();
  });
}

test("dashboard: it follows requests while they run, and the keyboard pauses it", async () => {
  const page = await browser.newPage();
  await page.goto(server.url);
  const requests = page.locator("#requests");
  await page.waitForFunction(() => document.getElementById("connection").textContent === "live" && document.getElementById("requests").textContent !== "0");
  const first = Number(await requests.textContent());
  await ask("count");
  await page.waitForFunction((before) => Number(document.getElementById("requests").textContent) === before + 1, first);
  await page.locator("#pause").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#pause").getAttribute("aria-pressed"), "true");
  await ask("count");
  assert.equal(Number(await requests.textContent()), first + 1);
  await page.keyboard.press("Enter");
  await page.waitForFunction((before) => Number(document.getElementById("requests").textContent) === before + 2, first);
  await page.close();
});

test("dashboard: the page does not scroll sideways on a narrow screen", async () => {
  const page = await browser.newPage({ viewport: { width: 380, height: 800 } });
  await page.goto(server.url);
  await page.waitForFunction(() => document.getElementById("connection").textContent === "live");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `overflows by ${overflow} pixels`);
  await page.close();
});
