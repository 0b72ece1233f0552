using MathNet.Numerics.Distributions;

namespace AutoMix.Policies;

/// <summary>A contextual bandit over models: LinUCB (Li et al., 2010) or Thompson sampling (Agrawal and Goyal, 2013), with the price of each model taken off.</summary>
/// <remarks>Draws come from the request's key, so that a request gets the same decision wherever it is made.</remarks>
internal sealed class LinearBanditPolicy : FittedPolicy, ILearningPolicy
{
    private readonly ContextFeatures? _features;
    private readonly LinearArms _arms;
    private readonly CascadeObjective _objective;
    private readonly Exploration _exploration;
    private readonly double _width;
    private readonly ulong _seed;

    /// <param name="name">Key of the family.</param>
    /// <param name="models">Names of all models.</param>
    /// <param name="features">The context; null for none.</param>
    /// <param name="arms">What has been learned.</param>
    /// <param name="objective">What to maximise.</param>
    /// <param name="exploration">How it explores.</param>
    /// <param name="width">How many standard deviations are plausible, or how wide the draws are.</param>
    /// <param name="seed">Seed of the draws.</param>
    public LinearBanditPolicy(
        string name, IReadOnlyList<string> models, ContextFeatures? features, LinearArms arms, CascadeObjective objective, Exploration exploration, double width, ulong seed)
        : base(name, models)
    {
        objective.Check(nameof(objective));
        arms.Check(models.Count);
        Expect(arms.Dimension == 1 + (features?.Count ?? 0), "features");
        Expect(width >= 0, "width");
        _features = features;
        _arms = arms;
        _objective = objective;
        _exploration = exploration;
        _width = width;
        _seed = seed;
    }

    public override PolicyNeeds Needs => _features is { Components.Count: > 0 } ? PolicyNeeds.Embeddings : PolicyNeeds.None;

    public static TrainedFamily Train(TraceTable table, string name, Exploration exploration) => FamilyTraining.PerObjective(table, (rows, objectives) =>
    {
        // After a few hundred graded answers of each model little is left to try.
        const double Width = 0.1;
        ContextFeatures features = ContextFeatures.Fit(rows);
        ILearningPolicy policy = new LinearBanditPolicy(name, rows.Models, features, LinearArms.Empty(rows.ModelCount, 1 + features.Count), objectives[0], exploration, Width, 0);
        for (int row = 0; row < rows.RowCount; row++)
        {
            policy = policy.Update(PolicyOutcome.From(rows, row));
        }

        var learned = (LinearBanditPolicy)policy;
        return [.. objectives.Select(objective => learned.For(objective))];
    });

    public LinearBanditPolicy For(CascadeObjective objective) => new(Name, Models, _features, _arms, objective, _exploration, _width, _seed);

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        Span<double> z = stackalloc double[_arms.Dimension];
        Write(outcome.Embedding.Span, outcome.InputTokens, z);
        LinearArms arms = _arms;
        foreach (AnswerOutcome answer in outcome.Answers)
        {
            arms = arms.With(answer, z);
        }

        return new LinearBanditPolicy(Name, Models, _features, arms, _objective, _exploration, _width, _seed);
    }

    public override PolicyDocument ToDocument() => new LinearBanditDocument
    {
        Name = Name,
        Models = [.. Models],
        Features = _features,
        Arms = _arms,
        Objective = _objective,
        Exploration = _exploration,
        Width = _width,
        Seed = _seed,
    };

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (Dearest(history) is >= 0 and var answered)
        {
            return CascadeAction.Accept(answered);
        }

        Span<double> z = stackalloc double[_arms.Dimension];
        Write(history.Embedding.Span, history.InputTokens, z);
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int m = 0; m < ModelCount; m++)
        {
            (double mean, double deviation) = _arms.Estimate(m, z);
            double bonus = _exploration == Exploration.UpperBound
                ? 1
                : Normal.InvCDF(0, 1, Math.Clamp(RequestKeys.Uniform(_seed + (ulong)m, history.RequestKey), 1e-12, 1 - 1e-12));
            double value = mean + (bonus * _width * deviation) - _objective.Price(_arms.Cost(m));
            if (!history.IsExcluded(m) && value > highest)
            {
                highest = value;
                best = m;
            }
        }

        return CascadeAction.Call(best, final: true);
    }

    private void Write(ReadOnlySpan<float> embedding, double inputTokens, Span<double> z)
    {
        z[0] = 1;
        _features?.Write(embedding, inputTokens, z[1..]);
    }

    internal sealed record LinearBanditDocument : PolicyDocument
    {
        public ContextFeatures? Features { get; init; }

        public required LinearArms Arms { get; init; }

        public required CascadeObjective Objective { get; init; }

        public required Exploration Exploration { get; init; }

        public required double Width { get; init; }

        public required ulong Seed { get; init; }

        public override ICascadePolicy ToPolicy() => new LinearBanditPolicy(Name, Models, Features, Arms, Objective, Exploration, Width, Seed);
    }
}
