using System.Globalization;
using System.Text.Json;

namespace AutoMix.Tool.Serve;

/// <summary>Errors as OpenAI's clients read them, before an answer begins and in the middle of a stream.</summary>
internal static class ErrorResponses
{
    private static readonly ServeException Internal = new(StatusCodes.Status500InternalServerError, "server_error", "internal_error", null, "The server made a mistake; its log says which.");

    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to tell.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            TimeSpan? wait = e is NoUsableAnswerException ? WaitForModels(context) : null;
            ServeException error = e is NoUsableAnswerException { Record: { Attempts: [], Limit: null } } && wait is null
                ? ServeException.BadRequest("messages", e.Message, "no_model_takes_it")
                : ServeException.From(e) ?? Logged(context, e);
            context.Response.Clear();
            context.Response.StatusCode = error.Status;
            if (error.Status == StatusCodes.Status401Unauthorized)
            {
                // A browser asks for the key, as the password of any user; API clients send it as a bearer token.
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"automix\"";
            }

            if (wait is { } rest)
            {
                context.Response.Headers.RetryAfter = Math.Ceiling(rest.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            context.Response.ContentType = "application/json";
            await context.Response.BodyWriter.WriteAsync(Body(error), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The error object.</summary>
    public static byte[] Body(ServeException error)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", error.Message);
            json.WriteString("type", error.Type);
            json.WriteString("param", error.Parameter);
            json.WriteString("code", error.Code);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>What went wrong after the answer had begun.</summary>
    public static ServeException InStream(HttpContext context, Exception exception) => ServeException.From(exception) ?? exception switch
    {
        StreamInterruptedException => new ServeException(StatusCodes.Status502BadGateway, "server_error", "stream_interrupted", null, exception.Message, exception),
        _ => Logged(context, exception),
    };

    // How long until a model is asked again; null where one is.
    private static TimeSpan? WaitForModels(HttpContext context)
    {
        IReadOnlyList<ModelStatus> models = context.RequestServices.GetRequiredService<AutoMixChatClient>().GetModelStatus();
        return models.Any(model => model.OpenFor is null) ? null : models.Min(model => model.OpenFor);
    }

    private static ServeException Logged(HttpContext context, Exception exception)
    {
        ServeLog.Failed(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("AutoMix.Tool.Serve"), context.Request.Path, exception);
        return Internal;
    }
}
