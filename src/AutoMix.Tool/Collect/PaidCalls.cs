using System.Text;
using System.Text.Json;
using AutoMix.Tool.Providers;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;

namespace AutoMix.Tool.Collect;

/// <summary>
/// Makes calls, each once: what the journal has is never asked again. Everything else keeps to the model's limits and under the cost
/// cap, is tried again where the provider is overloaded, and is in the journal before anything else happens with it.
/// </summary>
internal sealed class PaidCalls(Journal journal, CostCap cap, TimeSpan? timeout, TimeProvider time, CollectProgress progress)
{
    private const int MaxRetries = 6;

    // A token is at least one byte of text; the roles and marks around a message are a few tokens more.
    private const int TokensAroundMessage = 16;
    private const int BytesPerToken = 4;
    private readonly ResiliencePipeline _retries = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromMinutes(1),
            ShouldHandle = static arguments => new(arguments.Outcome.Exception is { } e and not (CostCapException or OperationCanceledException)
                && FailureClassifier.Classify(e) is FailureKind.Overload or FailureKind.RateLimit or FailureKind.Timeout),
            DelayGenerator = arguments => new(arguments.Outcome.Exception is { } e ? RetryDelay.Of(e, time.GetUtcNow()) : null),
        })
        .Build();

    /// <param name="model">The model to ask.</param>
    /// <param name="call">What to ask.</param>
    /// <param name="stop">Keeps calls from starting; one that runs is waited for, because it is paid for.</param>
    /// <exception cref="CostCapException">The cost cap is reached.</exception>
    public async Task<CallRecord> AskAsync(ModelUnderCollection model, CollectedCall call, CancellationToken stop)
    {
        if (journal.TryFind(call.Key, out CallRecord known))
        {
            return known;
        }

        using IDisposable place = await model.EnterAsync(stop).ConfigureAwait(false);
        CallRecord record = await _retries.ExecuteAsync(async token => await TryAsync(model, call, token).ConfigureAwait(false), stop).ConfigureAwait(false);
        progress.Called(record.Cost);
        return record;
    }

    private async Task<CallRecord> TryAsync(ModelUnderCollection model, CollectedCall call, CancellationToken stop)
    {
        decimal bound = model.Price?.CostOf(call.Messages.Sum(TokensAtMost), call.Options.MaxOutputTokens ?? 0) ?? 0;
        await cap.ReserveAsync(bound, stop).ConfigureAwait(false);
        decimal spent = 0;
        try
        {
            await model.StartAsync(stop).ConfigureAwait(false);
            journal.Start(call.Key, bound);
            spent = bound;
            try
            {
                CallRecord record = await CallAsync(model, call).ConfigureAwait(false);
                spent = record.Cost ?? 0;
                journal.Add(record);
                return record;
            }
            catch (Exception e) when (!MayBePaid(e))
            {
                spent = 0;
                journal.Refuse(call.Key);
                throw;
            }
        }
        finally
        {
            cap.Settle(bound, spent);
        }
    }

    private async Task<CallRecord> CallAsync(ModelUnderCollection model, CollectedCall call)
    {
        using CancellationTokenSource limit = new(timeout ?? Timeout.InfiniteTimeSpan, time);
        long start = time.GetTimestamp();
        ChatResponse response;
        try
        {
            response = await model.Client.GetResponseAsync(call.Messages, call.Options, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"'{model.Name}' did not answer within {timeout}.", e);
        }

        UsageDetails? usage = response.Usage;
        bool isEstimated = usage?.InputTokenCount is null || usage.OutputTokenCount is null;
        long input = usage?.InputTokenCount ?? call.Messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Text)) / BytesPerToken;
        long output = usage?.OutputTokenCount ?? Encoding.UTF8.GetByteCount(response.Text) / BytesPerToken;
        return new CallRecord
        {
            Key = call.Key,
            Question = call.Question.Id,
            Model = model.Name,
            Purpose = call.Purpose,
            Text = response.Text,
            LogProbabilities = response.AdditionalProperties?.TryGetValue(LogProbabilityExtensions.PropertyName, out object? kept) == true ? kept as JsonElement? : null,
            InputTokens = input,
            OutputTokens = output,
            CachedInputTokens = usage?.CachedInputTokenCount ?? 0,
            UsageIsEstimated = isEstimated,
            Cost = model.Price?.CostOf(input, output, usage?.CachedInputTokenCount ?? 0),
            Milliseconds = time.GetElapsedTime(start).TotalMilliseconds,
            AnsweredBy = response.ModelId,
            FinishReason = response.FinishReason?.Value,
        };
    }

    // An error with a status is not billed, nor is a request that never reached the provider. Of the rest nobody knows.
    private static bool MayBePaid(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case TimeoutException or OperationCanceledException or HttpIOException:
                    return true;
                case HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } failed:
                    return failed.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            }
        }

        return false;
    }

    private static long TokensAtMost(ChatMessage message) => Encoding.UTF8.GetByteCount(message.Text) + TokensAroundMessage;
}
