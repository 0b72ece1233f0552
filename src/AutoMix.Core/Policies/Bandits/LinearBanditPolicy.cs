using MathNet.Numerics.Distributions;

namespace AutoMix.Policies;

/// <summary>A contextual bandit over models: LinUCB (Li et al., 2010) or Thompson sampling (Agrawal and Goyal, 2013), with the price of each model taken off.</summary>
/// <remarks>Draws come from the request's key, so that a request gets the same decision wherever it is made.</remarks>
/// <param name="Name">The key of the family.</param>
/// <param name="Models">The names of all models.</param>
/// <param name="Arms">The regression of each model that has been learned.</param>
/// <param name="Objective">The value to maximise.</param>
/// <param name="Exploration">How it explores.</param>
/// <param name="Width">How many standard deviations are plausible, or how wide the draws are.</param>
/// <param name="Seed">The seed of the draws.</param>
/// <param name="Features">The context; null for none.</param>
internal sealed record LinearBanditPolicy(
    string Name, IReadOnlyList<string> Models, LinearArms Arms, CascadeObjective Objective, Exploration Exploration, double Width, ulong Seed, ContextFeatures? Features = null)
    : RouterPolicy(Name, Models), ILearningPolicy
{
    public override PolicyNeeds Needs => Features is { Components.Count: > 0 } ? PolicyNeeds.Embeddings : PolicyNeeds.None;

    public static TrainedFamily Train(TraceTable table, string name, Exploration exploration) => TrainedFamily.PerObjective(table, (rows, objectives) =>
    {
        // After a few hundred graded answers of each model little is left to try.
        const double Plausible = 0.1;
        ContextFeatures features = ContextFeatures.Fit(rows);
        var learned = (LinearBanditPolicy)Learners.Learn(
            new LinearBanditPolicy(name, rows.Models, LinearArms.Empty(rows.ModelCount, 1 + features.Count), objectives[0], exploration, Plausible, 0, features), rows);
        return [.. objectives.Select(objective => learned with { Objective = objective })];
    });

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        Span<double> z = stackalloc double[Arms.Dimension];
        Write(outcome.Embedding.Span, outcome.InputTokens, z);
        LinearArms arms = Arms;
        foreach (AnswerOutcome answer in outcome.Answers)
        {
            arms = arms.With(answer, z);
        }

        return this with { Arms = arms };
    }

    protected override void Prepare()
    {
        Objective.Check("objective");
        Arms.Check(ModelCount);
        Expect(Arms.Dimension == 1 + (Features?.Count ?? 0), "features");
        Expect(Width >= 0, "width");
    }

    protected override int Pick(CascadeHistory history)
    {
        Span<double> z = stackalloc double[Arms.Dimension];
        Write(history.Embedding.Span, history.InputTokens, z);
        Span<double> value = stackalloc double[CascadeHistory.MaxModels];
        value = value[..ModelCount];
        for (int m = 0; m < ModelCount; m++)
        {
            (double mean, double deviation) = Arms.Estimate(m, z);
            double bonus = Exploration == Exploration.UpperBound
                ? 1
                : Normal.InvCDF(0, 1, Math.Clamp(RequestKeys.Uniform(Seed + (ulong)m, history.RequestKey), 1e-12, 1 - 1e-12));
            value[m] = mean + (bonus * Width * deviation) - Objective.Price(Arms.Cost(m));
        }

        return Best(history, value);
    }

    private void Write(ReadOnlySpan<float> embedding, double inputTokens, Span<double> z)
    {
        z[0] = 1;
        Features?.Write(embedding, inputTokens, z[1..]);
    }
}
