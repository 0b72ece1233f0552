namespace AutoMix.Batches;

/// <summary>Who answers which request of a batch, in which order, and what is expected of it.</summary>
/// <param name="Models">Index of the model for each request.</param>
/// <param name="Queues">For each model, its requests in the order in which they are started.</param>
/// <param name="ExpectedQuality">Mean quality expected.</param>
/// <param name="ExpectedDollars">Dollars expected for the whole batch.</param>
/// <param name="ExpectedSeconds">Seconds until the last answer, by simulation.</param>
public sealed record BatchSchedule(
    IReadOnlyList<int> Models, IReadOnlyList<IReadOnlyList<int>> Queues, double ExpectedQuality, double ExpectedDollars, double ExpectedSeconds);
