using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Computes the bill of one call from its reported usage, or from an estimate of the tokens sent and received.</summary>
internal static class Bill
{
    /// <summary>Computes the bill of a call that has ended.</summary>
    /// <param name="request">The messages and options that were sent.</param>
    /// <param name="reserved">The dollars that were reserved for the call.</param>
    /// <param name="outcome">The result of the call.</param>
    /// <param name="failure">The class of its failure; null if it answered.</param>
    public static Spend Of(CallRequest request, decimal reserved, CallOutcome outcome, FailureKind? failure)
    {
        // A model that is itself a pipeline has its own bill, even if the request failed.
        if ((outcome.Response?.GetRoutingRecord() ?? (outcome.Exception as AutoMixException)?.Record) is { IsFromCache: false } nested)
        {
            return nested.Spend;
        }

        if (request.Profile.Price is not { } price)
        {
            // The cost is unknown, not zero, wherever a model with a price would have been billed.
            bool owed = IsBilledWithoutReport(failure) || IsStopped(failure) || outcome.Usage is not null || outcome.Meter is { HasOutput: true };
            return new(0, owed, owed);
        }

        if (outcome.Usage is { } usage && (Known(usage.InputTokenCount) ?? Known(usage.OutputTokenCount) ?? Known(usage.TotalTokenCount)) is not null
            && !(IsNothing(usage) && OutputTokens(request, outcome) > 0))
        {
            Spend reported = Reported(request, outcome, usage, price);
            return outcome.Meter is not { } meter || meter.UsageIsWhole(request.Profile.RequiresFinishReason)
                ? reported
                : WithUnreported(reported, request, outcome, usage, price, meter) is var dollars && IsStopped(failure)
                    ? new(Math.Max(dollars, UpperCost(request, reserved, price)), true)
                    : new(dollars, true);
        }

        if (IsStopped(failure))
        {
            return new(UpperCost(request, reserved, price), true);
        }

        long output = OutputTokens(request, outcome);
        return IsBilledWithoutReport(failure) || output > 0 ? new(price.CostOf(request.EstimateInputTokens(), output), true) : default;
    }

    private static bool IsBilledWithoutReport(FailureKind? failure) => failure is null or FailureKind.Empty or FailureKind.CutOff or FailureKind.ContentFilter;

    private static bool IsStopped(FailureKind? failure) => failure is FailureKind.Timeout or FailureKind.Cancelled;

    // A report may lack a part. The total gives the missing part; without a total it is estimated.
    private static Spend Reported(CallRequest request, CallOutcome outcome, UsageDetails usage, ModelPrice price)
    {
        (long? inputs, long? outputs, long? total) = (Known(usage.InputTokenCount), Known(usage.OutputTokenCount), Known(usage.TotalTokenCount));
        if (inputs is not null && outputs is not null)
        {
            return new(price.CostOf(usage));
        }

        long? left = total - (inputs ?? outputs);
        long input = inputs ?? left ?? Math.Min(request.EstimateInputTokens(), total ?? long.MaxValue);
        long output = outputs ?? (total is { } all ? all - input : OutputTokens(request, outcome));
        return new(price.CostOf(input, output, usage.CachedInputTokenCount ?? 0), left is null);
    }

    // A stream that reported before its end may have been broken off since. The tokens after the report were billed too.
    private static decimal WithUnreported(Spend reported, CallRequest request, CallOutcome outcome, UsageDetails usage, ModelPrice price, StreamMeter meter)
    {
        long input = meter.TurnsWithoutUsage * request.EstimateInputTokens();
        long output = Known(usage.OutputTokenCount) is { } known ? Math.Max(0, OutputTokens(request, outcome) - known) : 0;
        return reported.Dollars + price.CostOf(input, output);
    }

    /// <summary>Computes the highest cost of a call that was stopped before it reported its usage.</summary>
    private static decimal UpperCost(CallRequest request, decimal reserved, ModelPrice price) =>
        Math.Max(reserved, price.CostOf(request.EstimateInputTokens(), request.Profile.MostOutputTokens(request.Options)));

    private static long OutputTokens(CallRequest request, CallOutcome outcome) =>
        outcome.Response is { } response ? TokenEstimate.OfAnswer(response, request.Profile.CountTokens) : 0;

    // Providers that do not count report -1 or 0.
    private static long? Known(long? count) => count < 0 ? null : count;

    private static bool IsNothing(UsageDetails usage) => usage is { InputTokenCount: null or 0, OutputTokenCount: null or 0, TotalTokenCount: null or 0 };
}
