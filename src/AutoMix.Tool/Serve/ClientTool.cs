using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Serve;

/// <summary>A tool that the client runs: the server only passes its declaration on.</summary>
internal sealed class ClientTool(string name, string description, JsonElement schema, bool? strict) : AIFunctionDeclaration
{
    private const string Strict = "strict";
    private static readonly JsonElement NoParameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement.Clone();

    public override string Name => name;

    public override string Description => description;

    public override JsonElement JsonSchema => schema;

    public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; } =
        strict is { } value ? new Dictionary<string, object?> { [Strict] = value } : new Dictionary<string, object?>();

    /// <summary>The tools of a request; null where there is none.</summary>
    public static IList<AITool>? ReadAll(JsonElement body)
    {
        if (!body.TryGetProperty("tools", out JsonElement tools) || tools.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return tools.ValueKind == JsonValueKind.Array
            ? [.. tools.EnumerateArray().Select((tool, index) => Read(tool, $"tools[{index}]"))]
            : throw ServeException.BadRequest("tools", "'tools' is an array.");
    }

    /// <summary>Whether and which tool is to be called; null where the request does not say.</summary>
    public static ChatToolMode? ReadMode(JsonElement body)
    {
        if (!body.TryGetProperty("tool_choice", out JsonElement choice))
        {
            return null;
        }

        return choice switch
        {
            { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.String } when choice.GetString() == "none" => ChatToolMode.None,
            { ValueKind: JsonValueKind.String } when choice.GetString() == "auto" => ChatToolMode.Auto,
            { ValueKind: JsonValueKind.String } when choice.GetString() == "required" => ChatToolMode.RequireAny,
            { ValueKind: JsonValueKind.Object } when new JsonFields(choice).Object("function") is { } function && new JsonFields(function).Text("name") is { Length: > 0 } required => ChatToolMode.RequireSpecific(required),
            _ => throw ServeException.BadRequest("tool_choice", "'tool_choice' is none, auto, required, or {\"type\":\"function\",\"function\":{\"name\":...}}."),
        };
    }

    private static ClientTool Read(JsonElement tool, string path)
    {
        if (tool.ValueKind != JsonValueKind.Object || new JsonFields(tool).Text("type") != "function" || new JsonFields(tool).Object("function") is not { } function)
        {
            throw ServeException.BadRequest(path, $"'{path}' is no function tool: {{\"type\":\"function\",\"function\":{{\"name\":...}}}}.");
        }

        var fields = new JsonFields(function);
        return fields.Text("name") is { Length: > 0 } name
            ? new ClientTool(name, fields.Text("description") ?? "", fields.Object("parameters")?.Clone() ?? NoParameters, fields.Flag(Strict))
            : throw ServeException.BadRequest($"{path}.function.name", $"'{path}.function.name' is missing.");
    }
}
