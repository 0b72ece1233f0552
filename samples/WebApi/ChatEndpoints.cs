using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Samples.WebApi;

/// <summary>Two ways to ask: whole, and as server-sent events.</summary>
internal static class ChatEndpoints
{
    public static async Task<IResult> AnswerAsync(ChatQuestion question, IChatClient client, CancellationToken cancellationToken)
    {
        try
        {
            ChatResponse response = await client.GetResponseAsync(question.Text, OptionsFor(question), cancellationToken);
            return Results.Ok(new ChatAnswer(response.Text, response.GetRoutingRecord()));
        }
        catch (NoUsableAnswerException e)
        {
            return Results.Json(new ChatAnswer(null, e.Record), statusCode: e.Record.Limit is null ? StatusCodes.Status502BadGateway : StatusCodes.Status429TooManyRequests);
        }
    }

    public static IResult Stream(ChatQuestion question, IChatClient client, CancellationToken cancellationToken) =>
        Results.ServerSentEvents(StreamAsync(question, client, cancellationToken));

    // Events "text", then one "end" with the record; "error" with the record instead, since the status has been sent by then.
    private static async IAsyncEnumerable<SseItem<ChatAnswer>> StreamAsync(ChatQuestion question, IChatClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using IAsyncEnumerator<ChatResponseUpdate> updates =
            client.GetStreamingResponseAsync(question.Text, OptionsFor(question), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            AutoMixException? failure = null;
            try
            {
                if (!await updates.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (AutoMixException e)
            {
                failure = e;
            }

            if (failure is not null)
            {
                yield return new(new(failure.BestAnswer?.Text, failure.Record), "error");
                yield break;
            }

            if (updates.Current.GetRoutingRecord() is { } record)
            {
                yield return new(new(null, record), "end");
            }
            else if (updates.Current.Text.Length > 0)
            {
                yield return new(new(updates.Current.Text, null), "text");
            }
        }
    }

    // The tenant's budget, not the server's, pays for the question.
    private static ChatOptions OptionsFor(ChatQuestion question) =>
        new() { AdditionalProperties = new() { [RequestTags.Tenant] = question.Tenant ?? "anonymous" } };
}

/// <summary>What a client sends.</summary>
internal sealed record ChatQuestion(string Text, string? Tenant);

/// <summary>What it gets: the text, and at the end how it came about.</summary>
internal sealed record ChatAnswer(string? Text, RoutingRecord? Routing);
