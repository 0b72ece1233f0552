using System.Text.Json;

namespace AutoMix.Tool.Serve;

/// <summary>GET /v1/models: the one model that clients ask for.</summary>
internal static class ModelsEndpoint
{
    public static Task ListAsync(HttpContext context) => WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        WriteModel(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static Task FindAsync(HttpContext context) => context.Request.RouteValues["model"] is ChatRequestReader.Model
        ? WriteAsync(context, WriteModel)
        : throw ServeException.NotFound("model_not_found", "model", $"There is one model, '{ChatRequestReader.Model}'.");

    private static void WriteModel(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", ChatRequestReader.Model);
        json.WriteString("object", "model");
        json.WriteNumber("created", 0);
        json.WriteString("owned_by", "automix");
        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        write(json);
        await json.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
