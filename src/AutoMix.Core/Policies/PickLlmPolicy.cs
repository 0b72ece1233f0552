namespace AutoMix.Policies;

/// <summary>
/// PickLLM (Sikeridis, Ramdass and Pareek, 2024): one value or probability per model, learned from a reward that weighs
/// quality, cost and latency. Either stateless Q-learning with exploration that fades, or a learning automaton.
/// </summary>
internal sealed class PickLlmPolicy : FittedPolicy, ILearningPolicy
{
    private const double FirstExploration = 0.5;
    private const double ExplorationDecay = 0.05;
    private const double LearningRate = 0.01;
    private const double AutomatonStep = 0.02;
    private readonly double[] _values;
    private readonly double[] _counts;
    private readonly double[] _probabilities;
    private readonly CascadeObjective _objective;
    private readonly bool _automaton;
    private readonly ulong _seed;

    /// <param name="name">Key of the family.</param>
    /// <param name="models">Names of all models.</param>
    /// <param name="values">Learned reward per model.</param>
    /// <param name="counts">Answers seen per model.</param>
    /// <param name="probabilities">Probability of each model, for the automaton.</param>
    /// <param name="objective">Weighs the reward: quality minus the price of what the answer cost.</param>
    /// <param name="automaton">Whether models are drawn by their probabilities; else by value.</param>
    /// <param name="seed">Seed of the draws.</param>
    public PickLlmPolicy(
        string name, IReadOnlyList<string> models, double[] values, double[] counts, double[] probabilities, CascadeObjective objective, bool automaton, ulong seed)
        : base(name, models)
    {
        objective.Check(nameof(objective));
        Expect(values.Length == models.Count && counts.Length == models.Count && counts.All(c => c >= 0), "values");
        Expect(probabilities.Length == models.Count && probabilities.All(p => p >= 0) && Math.Abs(probabilities.Sum() - 1) < 1e-6, "probabilities");
        _values = values;
        _counts = counts;
        _probabilities = probabilities;
        _objective = objective;
        _automaton = automaton;
        _seed = seed;
    }

    public static PickLlmPolicy Start(IReadOnlyList<string> models, CascadeObjective objective, bool automaton, ulong seed)
    {
        double[] even = new double[models.Count];
        Array.Fill(even, 1.0 / models.Count);
        return new PickLlmPolicy("pickllm", models, new double[models.Count], new double[models.Count], even, objective, automaton, seed);
    }

    public static TrainedFamily Train(TraceTable table) => FamilyTraining.PerObjective(table, (rows, objectives) => [.. objectives.Select(objective =>
    {
        ILearningPolicy Learn(bool automaton)
        {
            ILearningPolicy policy = Start(rows.Models, objective, automaton, 0);
            for (int row = 0; row < rows.RowCount; row++)
            {
                policy = policy.Update(PolicyOutcome.From(rows, row));
            }

            return policy;
        }

        ILearningPolicy values = Learn(automaton: false);
        ILearningPolicy drawn = Learn(automaton: true);
        return Candidate.Measure(values, rows).Value(objective) >= Candidate.Measure(drawn, rows).Value(objective) ? values : drawn;
    })]);

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        double[] values = [.. _values];
        double[] counts = [.. _counts];
        double[] probabilities = [.. _probabilities];
        foreach (AnswerOutcome answer in outcome.Answers)
        {
            if (answer.Quality is not { } quality)
            {
                continue;
            }

            double reward = quality - _objective.Price(answer.Cost);
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

        return new PickLlmPolicy(Name, Models, values, counts, probabilities, _objective, _automaton, _seed);
    }

    public override PolicyDocument ToDocument() => new PickLlmDocument
    {
        Name = Name,
        Models = [.. Models],
        Values = _values,
        Counts = _counts,
        Probabilities = _probabilities,
        Objective = _objective,
        Automaton = _automaton,
        Seed = _seed,
    };

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (Dearest(history) is >= 0 and var answered)
        {
            return CascadeAction.Accept(answered);
        }

        double coin = RequestKeys.Uniform(_seed, history.RequestKey);
        return CascadeAction.Call(_automaton ? Draw(coin) : Pick(history, coin), final: true);
    }

    private int Draw(double coin)
    {
        int m = 0;
        while (m < ModelCount - 1 && coin >= _probabilities[m])
        {
            coin -= _probabilities[m++];
        }

        return m;
    }

    private int Pick(CascadeHistory history, double coin)
    {
        double explore = FirstExploration / (1 + (ExplorationDecay * _counts.Sum()));
        if (coin < explore)
        {
            return Math.Min((int)(coin / explore * ModelCount), ModelCount - 1);
        }

        int best = 0;
        for (int m = 1; m < ModelCount; m++)
        {
            // What has never been tried comes before what is known to lose.
            bool better = (_counts[m] > 0 ? _values[m] : 1) > (_counts[best] > 0 ? _values[best] : 1);
            best = (better || history.IsExcluded(best)) && !history.IsExcluded(m) ? m : best;
        }

        return best;
    }

    internal sealed record PickLlmDocument : PolicyDocument
    {
        public required double[] Values { get; init; }

        public required double[] Counts { get; init; }

        public required double[] Probabilities { get; init; }

        public required CascadeObjective Objective { get; init; }

        public required bool Automaton { get; init; }

        public required ulong Seed { get; init; }

        public override ICascadePolicy ToPolicy() => new PickLlmPolicy(Name, Models, Values, Counts, Probabilities, Objective, Automaton, Seed);
    }
}
