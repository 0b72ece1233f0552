using System.Text.Json;
using AutoMix.Tool.Providers;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Serve;

/// <summary>POST /v1/chat/completions.</summary>
internal sealed class ChatEndpoint(IChatClient client, Dashboard dashboard, IReadOnlyCollection<string> forwardedHeaders, TimeProvider time)
{
    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

    public async Task HandleAsync(HttpContext context)
    {
        // Only application/json makes a browser ask first whether a page of another site may send it; this server never says yes.
        if (!context.Request.HasJsonContentType())
        {
            throw ServeException.BadRequest(null, "The content type is not application/json.");
        }

        ChatRequest request = await ReadAsync(context).ConfigureAwait(false);
        var writer = new CompletionWriter($"chatcmpl-{Guid.CreateVersion7():N}", time.GetUtcNow());
        try
        {
            if (request.Stream)
            {
                await StreamAsync(context, request, writer).ConfigureAwait(false);
            }
            else
            {
                ChatResponse response = await client.GetResponseAsync(request.Messages, request.Options, context.RequestAborted).ConfigureAwait(false);
                dashboard.Add(response.GetRoutingRecord());
                context.Response.ContentType = "application/json";
                await context.Response.BodyWriter.WriteAsync(writer.Completion(response), context.RequestAborted).ConfigureAwait(false);
            }
        }
        catch (NoUsableAnswerException e)
        {
            dashboard.Add(e.Record);
            throw;
        }
    }

    private async Task<ChatRequest> ReadAsync(HttpContext context)
    {
        JsonDocument body;
        try
        {
            body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw ServeException.BadRequest(null, $"The body is not valid JSON: {e.Message}");
        }

        using (body)
        {
            ChatRequest request = ChatRequestReader.Read(body.RootElement);
            Dictionary<string, string> headers = forwardedHeaders
                .Where(name => context.Request.Headers.ContainsKey(name))
                .ToDictionary(name => name, name => context.Request.Headers[name].ToString(), StringComparer.OrdinalIgnoreCase);
            if (headers.Count > 0)
            {
                (request.Options.AdditionalProperties ??= [])[EndpointClient.HeadersProperty] = headers;
            }

            return request;
        }
    }

    private async Task StreamAsync(HttpContext context, ChatRequest request, CompletionWriter writer)
    {
        CancellationToken aborted = context.RequestAborted;
        await using IAsyncEnumerator<ChatResponseUpdate> updates = client.GetStreamingResponseAsync(request.Messages, request.Options, aborted).GetAsyncEnumerator(aborted);

        // Until the first piece is there, whatever goes wrong is an error with a status.
        bool more = await updates.MoveNextAsync().ConfigureAwait(false);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        string? model = more ? updates.Current.ModelId : null;
        await SendAsync(writer.Opening(model)).ConfigureAwait(false);
        ChatFinishReason? reason = null;
        var usage = new UsageDetails();
        int calls = 0;
        try
        {
            for (; more; more = await updates.MoveNextAsync().ConfigureAwait(false))
            {
                ChatResponseUpdate update = updates.Current;
                model = update.ModelId ?? model;
                reason = update.FinishReason ?? reason;
                if (update.Text is { Length: > 0 } text)
                {
                    await SendAsync(writer.Text(model, text)).ConfigureAwait(false);
                }

                FunctionCallContent[] called = [.. update.Contents.OfType<FunctionCallContent>()];
                if (called.Length > 0)
                {
                    await SendAsync(writer.Calls(model, called, calls)).ConfigureAwait(false);
                    calls += called.Length;
                }

                foreach (UsageContent used in update.Contents.OfType<UsageContent>())
                {
                    usage.Add(used.Details);
                }

                dashboard.Add(update.GetRoutingRecord());
            }
        }
        catch (Exception e) when (!aborted.IsCancellationRequested)
        {
            await SendAsync(ErrorResponses.Body(ErrorResponses.InStream(context, e))).ConfigureAwait(false);
            return;
        }

        await SendAsync(writer.Closing(model, reason, calls > 0)).ConfigureAwait(false);
        if (request.IncludeUsage)
        {
            await SendAsync(writer.Usage(model, usage)).ConfigureAwait(false);
        }

        await context.Response.BodyWriter.WriteAsync(Done, aborted).ConfigureAwait(false);

        async Task SendAsync(byte[] json)
        {
            await context.Response.BodyWriter.WriteAsync((byte[])[.. "data: "u8, .. json, .. "\n\n"u8], aborted).ConfigureAwait(false);
        }
    }
}
