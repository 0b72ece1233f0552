using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AutoMix.Replay;

/// <summary>The routes: completions and the list of models, with and without the <c>/v1</c> in front.</summary>
internal sealed class ChatCompletionsEndpoint(RecordedAnswers recordings, ReplayOptions options, TimeProvider time)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private int _completions;

    public int Completions => Volatile.Read(ref _completions);

    public void Map(WebApplication app)
    {
        app.Use(AnswerErrorsAsOpenAI);
        foreach (string prefix in (ReadOnlySpan<string>)["", "/v1"])
        {
            app.MapPost($"{prefix}/chat/completions", (RequestDelegate)CompleteAsync);
            app.MapGet($"{prefix}/models", (RequestDelegate)ListModelsAsync);
        }

        app.MapFallback((RequestDelegate)(context => throw new RefusedRequestException(
            404,
            "unknown_url",
            null,
            $"{context.Request.Method} {context.Request.Path} is not replayed; POST /v1/chat/completions and GET /v1/models are.")));
    }

    private static async Task AnswerErrorsAsOpenAI(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (RefusedRequestException refused) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = refused.Status;
            await context.Response.WriteAsJsonAsync(refused.ToResponse(), ProtocolJson.Default.ErrorResponse);
        }
    }

    private Task ListModelsAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new ModelList([.. recordings.Models.Select(model => new ModelEntry(model))]),
        ProtocolJson.Default.ModelList);

    private async Task CompleteAsync(HttpContext context)
    {
        CompletionRequest request = await ReadAsync(context);
        RecordedAnswer recorded = Find(context.Request.Headers[ReplayHeaders.Record].ToString(), request.Model!);
        Reply reply = PurposeOfRequest.Find(context.Request.Headers[ReplayHeaders.Purpose], request, recorded) switch
        {
            Purpose.Verification => Reply.ToVerification(recorded, request, options.Samples),
            _ => Reply.ToQuestion(recorded, request),
        };
        int number = NumberOf(context.Request.Headers[ReplayHeaders.IdempotencyKey].ToString());
        options.OnCompletion?.Invoke(number);
        var envelope = new CompletionResponse
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"chatcmpl-replay-{number}"),
            Object = "chat.completion",
            Created = time.GetUtcNow().ToUnixTimeSeconds(),
            Model = request.Model!,
            Choices = [],
        };
        if (request.Stream == true)
        {
            await StreamAsync(context.Response, envelope with { Object = "chat.completion.chunk" }, reply, request, context.RequestAborted);
        }
        else
        {
            Choice choice = new()
            {
                Message = new ResponseMessage { Role = "assistant", Content = reply.Text },
                Logprobs = Evidence(reply),
                FinishReason = "stop",
            };
            await context.Response.WriteAsJsonAsync(
                envelope with { Choices = [choice], Usage = UsageOf(reply) },
                ProtocolJson.Default.CompletionResponse,
                cancellationToken: context.RequestAborted);
        }
    }

    private int NumberOf(string key)
    {
        lock (_numbers)
        {
            if (key.Length > 0 && _numbers.TryGetValue(key, out int known))
            {
                return known;
            }

            int number = Interlocked.Increment(ref _completions);
            if (key.Length > 0)
            {
                _numbers[key] = number;
            }

            return number;
        }
    }

    private static async Task<CompletionRequest> ReadAsync(HttpContext context)
    {
        CompletionRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, ProtocolJson.Default.CompletionRequest, context.RequestAborted);
        }
        catch (JsonException e)
        {
            throw new RefusedRequestException(400, "invalid_json", null, $"The body is not a chat completion request: {e.Message}");
        }

        return request switch
        {
            null => throw new RefusedRequestException(400, "invalid_json", null, "The body is null; send a chat completion request."),
            { Model: null or "" } => throw new RefusedRequestException(400, "missing_parameter", "model", "'model' is missing."),
            { Messages: null or [] } => throw new RefusedRequestException(400, "missing_parameter", "messages", "'messages' is missing or empty."),
            { N: > 1 } => throw new RefusedRequestException(400, "unsupported_parameter", "n", "'n' above 1 is not replayed: one answer of each model is recorded."),
            _ => request,
        };
    }

    private RecordedAnswer Find(string record, string model)
    {
        if (record.Length == 0)
        {
            throw new RefusedRequestException(400, "record_required", null, $"The header {ReplayHeaders.Record} is missing; it names the record to answer from.");
        }

        if (recordings.TryFind(record, model, out RecordedAnswer? recorded))
        {
            return recorded;
        }

        throw (recordings.HasModel(model), recordings.HasRecord(record)) switch
        {
            (false, _) => new RefusedRequestException(404, "model_not_found", "model", $"The model '{model}' is not recorded. Recorded are {string.Join(", ", recordings.Models)}."),
            (_, false) => new RefusedRequestException(404, "record_not_found", null, $"The record '{record}' of the header {ReplayHeaders.Record} is not in the trace files."),
            _ => new RefusedRequestException(404, "answer_not_found", "model", $"Record '{record}' has no answer of '{model}'."),
        };
    }

    private static async Task StreamAsync(HttpResponse response, CompletionResponse chunk, Reply reply, CompletionRequest request, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        await SendAsync(Delta(new ResponseMessage { Role = "assistant", Content = "" }));
        foreach (string piece in reply.Pieces())
        {
            await SendAsync(Delta(new ResponseMessage { Content = piece }, Evidence(reply)));
        }

        await SendAsync(Delta(new ResponseMessage(), finish: "stop"));
        if (request.StreamOptions?.IncludeUsage == true)
        {
            await SendAsync(chunk with { Usage = UsageOf(reply) });
        }

        await response.WriteAsync("data: [DONE]\n\n", cancellationToken);

        CompletionResponse Delta(ResponseMessage delta, TokenLogprobs? logprobs = null, string? finish = null) =>
            chunk with { Choices = [new Choice { Delta = delta, Logprobs = logprobs, FinishReason = finish }] };

        async Task SendAsync(CompletionResponse part)
        {
            string json = JsonSerializer.Serialize(part, ProtocolJson.Default.CompletionResponse);
            await response.WriteAsync($"data: {json}\n\n", Encoding.UTF8, cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }

    private static TokenLogprobs? Evidence(Reply reply) => reply.Logprob is null ? null : new TokenLogprobs([reply.Logprob]);

    private static Usage UsageOf(Reply reply) => new(reply.Tokens.Input, reply.Tokens.Output);
}
