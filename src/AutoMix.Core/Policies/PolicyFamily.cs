namespace AutoMix.Policies;

/// <summary>
/// A way to route that can be trained on traces: an entry of the <see cref="PolicyRegistry"/>, from which the tool, the
/// benchmarks and the documentation read.
/// </summary>
/// <param name="Key">Its key on the command line and in reports.</param>
/// <param name="Citation">The paper or source it follows.</param>
/// <param name="Train">From training traces to policies for any objective, with their held-out figures.</param>
public sealed record PolicyFamily(string Key, string Citation, Func<TraceTable, TrainedFamily> Train);
