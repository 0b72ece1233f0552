// A provider that says what it is told to, and `automix serve` in front of it.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { createInterface } from "node:readline";

function reply({ model, messages, tools, response_format: format }) {
  const last = messages.at(-1);
  const text = typeof last.content === "string" ? last.content : "";
  if (/Verification Decision|Incorrect/.test(messages[0].content ?? "")) return { content: `Verification Decision: ${/hard/.test(text) ? "Incorrect" : "Correct"}` };
  if (last.role === "tool") return { content: `It is ${last.content}.` };
  if (tools) return { tool_calls: [{ id: "call-1", type: "function", function: { name: tools[0].function.name, arguments: '{"city":"Oslo"}' } }] };
  if (format?.type === "json_schema") return { content: JSON.stringify({ city: format.json_schema.name }) };
  return { content: `${model} says one two three` };
}

export async function provider() {
  const seen = { aborted: 0 };
  const waiting = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const asked = JSON.parse(body);
    const last = asked.messages.at(-1).content ?? "";
    if (last === "wait") {
      response.on("close", () => { seen.aborted++; waiting.splice(0).forEach((resolve) => resolve()); });
      seen.waiting?.();
      return;
    }
    if (last === "fail") {
      response.writeHead(429, { "content-type": "application/json" }).end(JSON.stringify({ error: { message: "slow down", type: "rate_limit_error", code: "rate_limit_exceeded" } }));
      return;
    }
    const message = { role: "assistant", content: null, ...reply(asked) };
    const finish = message.tool_calls ? "tool_calls" : "stop";
    const envelope = { id: "upstream", created: 1, model: asked.model };
    const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
    if (!asked.stream) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ...envelope, object: "chat.completion", choices: [{ index: 0, message, finish_reason: finish }], usage }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (choices, more) => response.write(`data: ${JSON.stringify({ ...envelope, object: "chat.completion.chunk", choices, ...more })}\n\n`);
    const pieces = message.tool_calls ? [{ tool_calls: message.tool_calls.map((call, index) => ({ index, ...call })) }] : message.content.split(/(?<= )/).map((content) => ({ content }));
    for (const delta of pieces) send([{ index: 0, delta: { role: "assistant", ...delta }, finish_reason: null }]);
    send([{ index: 0, delta: {}, finish_reason: finish }]);
    send([], { usage });
    response.end("data: [DONE]\n\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    seen,
    waits: () => new Promise((resolve) => { seen.waiting = resolve; }),
    aborted: () => seen.aborted > 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    close: () => { server.closeAllConnections(); server.close(); },
  };
}

export async function serve(upstream) {
  const folder = await mkdtemp(join(tmpdir(), "automix-serve-"));
  const config = join(folder, "automix.json");
  await writeFile(config, JSON.stringify({
    Providers: ["small", "large"].map((Name) => ({ Name, Endpoint: upstream })),
    Verification: { Confidence: "Self", Samples: 4 },
    AutoMix: {
      Budgets: [{ Dollars: 1, Window: "01:00:00" }],
      // The failures that a test asks for are no reason to leave a model alone.
      Circuit: { MinimumThroughput: 100 },
      Models: { small: { InputPrice: 0.15, OutputPrice: 0.6 }, large: { InputPrice: 5, OutputPrice: 15 } },
    },
  }));
  const child = spawn("dotnet", [process.env.AUTOMIX_TOOL, "serve", "--config", config, "--url", "http://127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /dashboard is at (\S+?);?\.? /.exec(`${line} `)?.[1];
    if (url) return { url: url.endsWith("/") ? url : `${url}/`, stop: async () => { child.kill("SIGINT"); await once(child, "exit"); await rm(folder, { recursive: true }); } };
  }
  throw new Error("automix serve ended before it listened");
}
