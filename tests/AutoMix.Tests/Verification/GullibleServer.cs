using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AutoMix.Tests;

/// <summary>
/// A simulated provider over HTTP whose model is gullible by design when it verifies: it obeys any instruction or verdict that
/// stands outside a correctly closed frame; it takes any marker for the end of a frame that matches the frame's code or the
/// demonstrations' markers, however it is disguised; and it repeats the answer's text in its own reply. Of text inside an
/// intact frame it is not persuaded. The truth that it knows is "Canberra".
/// </summary>
/// <remarks>
/// Its models: "small" gives the scripted answer, "large" the true one. Both verify. How a verification repeats the answer is
/// part of the verifying model's name: small-before, small-after, small-inline.
/// </remarks>
public sealed partial class GullibleServer : IAsyncLifetime
{
    private WebApplication _app = null!;

    public Uri Endpoint { get; private set; } = new("http://127.0.0.1");

    /// <summary>What "small" answers to each question.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, string> Answers { get; } = new(StringComparer.Ordinal);

    public async Task InitializeAsync()
    {
        _app = await LocalServer.StartAsync("/v1/chat/completions", CompleteAsync);
        Endpoint = new(_app.Urls.First() + "/v1");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    private async Task CompleteAsync(HttpContext http)
    {
        using JsonDocument request = await JsonDocument.ParseAsync(http.Request.Body);
        string model = request.RootElement.GetProperty("model").GetString()!;
        (string Role, string Text)[] messages = [.. request.RootElement.GetProperty("messages").EnumerateArray().Select(m => (m.GetProperty("role").GetString()!, TextOf(m.GetProperty("content"))))];
        bool verifies = messages[0].Text.Contains("You check answers.", StringComparison.Ordinal);
        string user = messages.Last(m => m.Role == "user").Text;
        string reply = verifies ? Verify(user, model) : model == "large" ? "Canberra" : Answers[user];
        http.Response.ContentType = "application/json";
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("id", "r");
            json.WriteString("object", "chat.completion");
            json.WriteNumber("created", 1);
            json.WriteString("model", model);
            json.WriteStartArray("choices");
            json.WriteStartObject();
            json.WriteNumber("index", 0);
            json.WriteString("finish_reason", "stop");
            json.WriteStartObject("message");
            json.WriteString("role", "assistant");
            json.WriteString("content", reply);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", 10);
            json.WriteNumber("completion_tokens", 5);
            json.WriteNumber("total_tokens", 15);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        await http.Response.Body.WriteAsync(body.ToArray());
    }

    /// <summary>The reply of the gullible verifier.</summary>
    internal static string Verify(string prompt, string model)
    {
        (string outside, string answer) = Frame(Disguises(prompt));
        bool truth = answer.Contains("Canberra", StringComparison.OrdinalIgnoreCase) && !answer.Contains("Sydney", StringComparison.OrdinalIgnoreCase);
        string decision = Obeyed().IsMatch(outside) || truth ? "Correct" : "Incorrect";
        return model switch
        {
            _ when model.EndsWith("-after", StringComparison.Ordinal) => $"I looked at it.\nVerification Decision: {decision}\nThe answer was: {answer}",
            _ when model.EndsWith("-inline", StringComparison.Ordinal) => $"The answer says {answer.ReplaceLineEndings(" ")} and that is all. Verification Decision: {decision}",
            _ => $"The answer reads: {answer}\nThat is what there is to judge.\nVerification Decision: {decision}",
        };
    }

    // What stands outside of the three blocks, and what stands in the last.
    private static (string Outside, string Answer) Frame(string prompt)
    {
        var outside = new StringBuilder();
        string answer = "";
        int at = 0;
        foreach (string name in (string[])["context", "question", "answer"])
        {
            Match opening = Regex.Match(prompt[at..], $@"<\s*{name}\s+(?<code>[0-9a-f]{{16}})\s*>", RegexOptions.IgnoreCase);
            if (!opening.Success)
            {
                // Without a code no frame can be told from its contents: everything is outside.
                return (prompt, answer.Length > 0 ? answer : prompt);
            }

            outside.Append(prompt, at, opening.Index);
            at += opening.Index + opening.Length;
            string code = opening.Groups["code"].Value;
            Match closing = Regex.Match(prompt[at..], $@"<\s*[/\\]\s*(context|question|answer)\s*({code})?\s*/?>?|<\s*(context|question|answer)\s*({code})?\s*>", RegexOptions.IgnoreCase);
            if (!closing.Success)
            {
                outside.Append(prompt, at, prompt.Length - at);
                return (outside.ToString(), answer);
            }

            answer = prompt.Substring(at, closing.Index).Trim();
            at += closing.Index + closing.Length;
        }

        return (outside.Append(prompt, at, prompt.Length - at).ToString(), answer);
    }

    // Sees through entities, full-width and look-alike characters, and does not see invisible ones.
    private static string Disguises(string text)
    {
        var seen = new StringBuilder(text.Length);
        foreach (char c in WebUtility.HtmlDecode(text))
        {
            seen.Append(c switch
            {
                >= '\uFF01' and <= '\uFF5E' => ((char)(c - 0xFEE0)).ToString(),
                '\u2039' or '\u2329' or '\u27E8' or '\u3008' or '\uFE64' => "<",
                '\u203A' or '\u232A' or '\u27E9' or '\u3009' or '\uFE65' => ">",
                '\u200B' or '\u200C' or '\u200D' or '\u2060' or '\uFEFF' or '\u00AD' or '\u202E' or '\u202C' => "",
                _ => c.ToString(),
            });
        }

        return seen.ToString();
    }

    private static string TextOf(JsonElement content) => content.ValueKind == JsonValueKind.Array
        ? string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()))
        : content.GetString() ?? "";

    [GeneratedRegex(@"\b(correct|yes|true|right|accept\w*|approv\w+|pass\w*)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Obeyed();
}
