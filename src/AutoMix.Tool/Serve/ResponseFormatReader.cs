using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Serve;

/// <summary>Reads the form that an answer must have.</summary>
internal static class ResponseFormatReader
{
    private const string Strict = "strict";

    public static void Read(JsonFields fields, ChatOptions options)
    {
        if (fields.Object("response_format") is not { } format)
        {
            return;
        }

        switch (new JsonFields(format).Text("type"))
        {
            case "text":
                options.ResponseFormat = ChatResponseFormat.Text;
                break;
            case "json_object":
                options.ResponseFormat = ChatResponseFormat.Json;
                break;
            case "json_schema" when new JsonFields(format).Object("json_schema") is { } described && new JsonFields(described).Object("schema") is { } schema:
                ReadSchema(new JsonFields(described), schema, options);
                break;
            default:
                throw ServeException.BadRequest("response_format", "'response_format' is of type text, json_object, or json_schema with a json_schema.schema.");
        }
    }

    private static void ReadSchema(JsonFields described, JsonElement schema, ChatOptions options)
    {
        options.ResponseFormat = ChatResponseFormat.ForJsonSchema(schema.Clone(), described.Text("name"), described.Text("description"));
        if (described.Flag(Strict) is { } strict)
        {
            (options.AdditionalProperties ??= [])[Strict] = strict;
        }
    }
}
