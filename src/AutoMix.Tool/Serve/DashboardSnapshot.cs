namespace AutoMix.Tool.Serve;

/// <summary>What the start page shows. Money is in dollars.</summary>
internal sealed record DashboardSnapshot
{
    public required DateTimeOffset Since { get; init; }

    public required long Requests { get; init; }

    /// <summary>Requests that got no answer.</summary>
    public required long Failed { get; init; }

    public required decimal Spent { get; init; }

    /// <summary>Against asking the last model every time, at the tokens of the answer returned; null where a price is unknown.</summary>
    public required decimal? Saved { get; init; }

    public required IReadOnlyList<PathCount> Paths { get; init; }

    public required IReadOnlyList<ModelState> Models { get; init; }

    public required IReadOnlyList<BudgetState> Budgets { get; init; }

    /// <summary>The last requests, newest first.</summary>
    public required IReadOnlyList<RequestView> Last { get; init; }

    /// <param name="Path">The calls and verifications in order.</param>
    /// <param name="Requests">Requests that took it.</param>
    internal sealed record PathCount(string Path, long Requests);

    /// <param name="Model">The model's name.</param>
    /// <param name="Answers">Answers that it gave.</param>
    /// <param name="Accepted">Of these, the ones that were returned.</param>
    /// <param name="Cost">Dollars for its answers and for verifying them.</param>
    /// <param name="OpenSeconds">How long its circuit stays open; null where it is closed.</param>
    internal sealed record ModelState(string Model, long Answers, long Accepted, decimal Cost, double? OpenSeconds);

    /// <param name="Dollars">The limit.</param>
    /// <param name="WindowSeconds">The length of its window.</param>
    /// <param name="Committed">What is spent or set aside in it.</param>
    internal sealed record BudgetState(decimal Dollars, double WindowSeconds, decimal Committed);

    /// <param name="Number">Counts up from 1.</param>
    /// <param name="Time">When it ended.</param>
    /// <param name="Path">The calls and verifications in order.</param>
    /// <param name="Outcome">How it ended.</param>
    /// <param name="Model">Who answered; null for nobody.</param>
    /// <param name="Cost">In dollars; null where a price is unknown.</param>
    /// <param name="Seconds">From the request to its end.</param>
    /// <param name="Steps">Each decision with its reason, and what each verification said.</param>
    internal sealed record RequestView(long Number, DateTimeOffset Time, string Path, string Outcome, string? Model, decimal? Cost, double Seconds, IReadOnlyList<string> Steps);
}
