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

    private static async IAsyncEnumerable<ChatAnswer> StreamAsync(ChatQuestion question, IChatClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(question.Text, OptionsFor(question), cancellationToken))
        {
            RoutingRecord? record = update.GetRoutingRecord();
            if (update.Text.Length > 0 || record is not null)
            {
                yield return new(update.Text, record);
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
