namespace AutoMix.Policies;

/// <summary>
/// PickLLM (Sikeridis, Ramdass and Pareek, 2024): one value or probability per model, learned from a reward that weighs
/// quality, cost and latency. Either stateless Q-learning with exploration that fades, or a learning automaton.
/// </summary>
/// <param name="Name">The key of the family.</param>
/// <param name="Models">The names of all models.</param>
/// <param name="Values">The learned reward of each model.</param>
/// <param name="Counts">The number of answers seen of each model.</param>
/// <param name="Probabilities">The probability of each model, for the automaton.</param>
/// <param name="Objective">Weighs the reward: quality minus the price of the answer.</param>
/// <param name="Automaton">Whether models are drawn by their probabilities; otherwise they are picked by value.</param>
/// <param name="Seed">The seed of the draws.</param>
internal sealed record PickLlmPolicy(
    string Name, IReadOnlyList<string> Models, double[] Values, double[] Counts, double[] Probabilities, CascadeObjective Objective, bool Automaton, ulong Seed)
    : RouterPolicy(Name, Models), ILearningPolicy
{
    private const double FirstExploration = 0.5;
    private const double ExplorationDecay = 0.05;
    private const double LearningRate = 0.01;
    private const double AutomatonStep = 0.02;

    public static PickLlmPolicy Start(IReadOnlyList<string> models, CascadeObjective objective, bool automaton, ulong seed)
    {
        double[] even = new double[models.Count];
        Array.Fill(even, 1.0 / models.Count);
        return new PickLlmPolicy("pickllm", models, new double[models.Count], new double[models.Count], even, objective, automaton, seed);
    }

    public static IReadOnlyList<ICascadePolicy> Fit(TraceTable table, IReadOnlyList<CascadeObjective> objectives) => [.. objectives.Select(objective =>
    {
        ILearningPolicy values = Learners.Learn(Start(table.Models, objective, automaton: false, 0), table);
        ILearningPolicy drawn = Learners.Learn(Start(table.Models, objective, automaton: true, 0), table);
        return Candidate.Measure(values, table).Value(objective) >= Candidate.Measure(drawn, table).Value(objective) ? values : drawn;
    })];

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        double[] values = [.. Values];
        double[] counts = [.. Counts];
        double[] probabilities = [.. Probabilities];
        foreach (AnswerOutcome answer in outcome.Answers)
        {
            if (answer.Quality is not { } quality)
            {
                continue;
            }

            double reward = quality - Objective.Price(answer.Cost);
            int m = answer.Model;
            counts[m]++;

            // The first rewards are averaged: a constant rate would hold on to the arbitrary start.
            values[m] += Math.Max(LearningRate, 1 / counts[m]) * (reward - values[m]);
            double step = AutomatonStep * Math.Clamp(reward, 0, 1);
            for (int other = 0; other < probabilities.Length; other++)
            {
                probabilities[other] += step * ((other == m ? 1 : 0) - probabilities[other]);
            }
        }

        return this with { Values = values, Counts = counts, Probabilities = probabilities };
    }

    protected override void Prepare()
    {
        Objective.Check("objective");
        Expect(Values.Length == ModelCount && Counts.Length == ModelCount && Counts.All(c => c >= 0), "values");
        Expect(Probabilities.Length == ModelCount && Probabilities.All(p => p >= 0) && Math.Abs(Probabilities.Sum() - 1) < 1e-6, "probabilities");
    }

    protected override int Pick(CascadeHistory history)
    {
        double coin = RequestKeys.Uniform(Seed, history.RequestKey);
        return Automaton ? Draw(coin) : Pick(history, coin);
    }

    private int Draw(double coin)
    {
        int m = 0;
        while (m < ModelCount - 1 && coin >= Probabilities[m])
        {
            coin -= Probabilities[m++];
        }

        return m;
    }

    private int Pick(CascadeHistory history, double coin)
    {
        double explore = FirstExploration / (1 + (ExplorationDecay * Counts.Sum()));
        if (coin < explore)
        {
            return Math.Min((int)(coin / explore * ModelCount), ModelCount - 1);
        }

        int best = 0;
        for (int m = 1; m < ModelCount; m++)
        {
            // A model that has never been tried comes before one that is known to lose.
            bool better = (Counts[m] > 0 ? Values[m] : 1) > (Counts[best] > 0 ? Values[best] : 1);
            best = (better || history.IsExcluded(best)) && !history.IsExcluded(m) ? m : best;
        }

        return best;
    }
}
