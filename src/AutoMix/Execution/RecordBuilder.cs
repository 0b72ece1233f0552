namespace AutoMix;

/// <summary>Makes the record of a request that has ended.</summary>
internal static class RecordBuilder
{
    public static RoutingRecord Build(Pipeline pipeline, RequestState state, DecisionRecord[] decisions, Ending ending)
    {
        return new()
        {
            Policy = pipeline.Policy.Name,
            Fingerprint = pipeline.Fingerprint,
            IsCalibrated = pipeline.Policy.IsCalibrated,
            Outcome = ending.Outcome,
            Reason = ending.Reason,
            Limit = state.Limit,
            Model = ending.Chosen?.ModelName,
            AnsweredBy = ending.Chosen?.Index,
            Attempts = [.. state.AttemptList.Select(AttemptRecord.Of)],
            Decisions = decisions,
            Skipped = SkippedOf(state),
            Beliefs = ending.Beliefs,
            Spend = state.Spend,
            Embedding = state.Embedding,
            Duration = state.Elapsed,
        };
    }

    private static SkippedModel[] SkippedOf(RequestState state)
    {
        List<SkippedModel>? skipped = null;
        for (int model = 0; model < state.Models.Count; model++)
        {
            if (state.WhyUnavailable(model) is { } why)
            {
                (skipped ??= []).Add(new(state.Models[model].Name, why));
            }
        }

        return skipped?.ToArray() ?? [];
    }
}
