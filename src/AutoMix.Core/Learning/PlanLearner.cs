using System.Globalization;
using System.Numerics.Tensors;
using AutoMix.Evaluation;
using AutoMix.Policies;
using MathNet.Numerics.Statistics;

namespace AutoMix.Learning;

/// <summary>
/// From evidence to a new plan, and the guard before it: the plan at hand stays unless the new one is better with confidence on
/// requests that were held out from making it.
/// </summary>
/// <remarks>Immutable; safe for concurrent use. The guard is a safe policy improvement in the sense of Thomas et al. (2015).</remarks>
internal sealed class PlanLearner
{
    private const int Draws = 400;

    // Gains by rounding alone are none.
    private const double Rounding = 1e-9;
    private readonly double _confidence;

    private readonly bool _isGiven;

    /// <summary>The goal that plans serve. Default: 99 % of the best model's quality.</summary>
    public Goal Goal { get; }

    /// <summary>The least effective number of labelled requests from which a plan is made.</summary>
    public double MinimumLabels { get; }

    /// <summary>How a model is estimated. The defaults are those for traces, without the choice by cross-validation.</summary>
    public CascadeFitOptions Fit { get; init; } = new();

    /// <param name="goal">
    /// The goal that plans serve; null keeps 99 % of the best model's quality. Where it is null or <see cref="Goal.ErrorCosts"/>, and the
    /// evidence knows what errors cost (<see cref="EvidenceSums.ErrorDollars"/>), that is weighed in its place; a quality to keep and a budget hold.
    /// </param>
    /// <param name="minimumLabels">The least effective number of labelled requests from which a plan is made, 10 or more.</param>
    /// <param name="confidence">How sure it must be that a new plan is better than the one at hand, in [0.5, 1).</param>
    public PlanLearner(Goal? goal = null, double minimumLabels = 50, double confidence = 0.9)
    {
        if (!(minimumLabels >= 10))
        {
            throw new ArgumentOutOfRangeException(nameof(minimumLabels), minimumLabels, "Fewer than 10 labels say nothing of a cascade; give 10 or more.");
        }

        if (!(confidence >= 0.5 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "How sure a replacement must be is a number in [0.5, 1).");
        }

        _isGiven = goal is not null;
        Goal = goal ?? Goal.KeepQuality(0.99);
        MinimumLabels = minimumLabels;
        _confidence = confidence;
    }

    /// <summary>Makes a plan, and says whether to use it.</summary>
    /// <param name="sums">All evidence.</param>
    /// <param name="current">The policy at hand; its models are those of the evidence.</param>
    public PlanProposal Learn(EvidenceSums sums, ICascadePolicy current)
    {
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentNullException.ThrowIfNull(current);
        double labels = Evidence.SizeOf(sums);
        if (labels < MinimumLabels)
        {
            return PlanProposal.None(labels, FormattableString.Invariant($"there are {labels:0.#} effective labels of at least {MinimumLabels:0.#}"));
        }

        if (Evidence.From(sums, current.Models) is not { } evidence)
        {
            return PlanProposal.None(labels, "the cost of a model is not known yet");
        }

        IReadOnlyList<CascadeObjective> objectives = CrossValidation.Objectives(evidence.Table);
        HeldOutPlans plans = HeldOutPlans.Of(evidence, objectives, Fit);
        HeldOutRows[] singles = HeldOutRows.Singles(evidence.Table);
        double[] accuracies = [.. singles.Select(single => evidence.Mean(single.Quality))];
        int best = Array.IndexOf(accuracies, accuracies.Max());
        CascadeModel model = CascadeModel.Fit(evidence.Counts(), Fit).With(new CascadeCurve(
            plans.Expected.Select((rows, i) => evidence.Point(rows, objectives[i].DollarWeight)), singles.Select(rows => evidence.Point(rows, 0))));
        var frontier = new SelectedFrontier(
            [.. singles.Select((rows, m) => new SelectedFrontier.Candidate(rows, rows, () => ThresholdPolicy.Always(model.Models, m)))],
            best,
            [[.. objectives.Select((objective, i) => new SelectedFrontier.Candidate(plans.Expected[i], plans.Seen[i], () => model.Solve(objective)))]],
            evidence.Weights,
            caution: 0);
        try
        {
            Goal goal = GoalFor(sums);
            return Compare(goal, evidence, model, frontier.Choose(goal), singles[best], current);
        }
        catch (ArgumentException e)
        {
            return PlanProposal.None(labels, e.Message);
        }
    }

    private Goal GoalFor(EvidenceSums sums) =>
        sums.ErrorDollars is { } dollars && (!_isGiven || Goal.Kind == GoalKind.ErrorCosts) ? Goal.ErrorCosts(dollars) : Goal;

    // By the labels alone: the guard believes nothing.
    private PlanProposal Compare(Goal goal, Evidence evidence, CascadeModel model, SelectedFrontier.Choice choice, HeldOutRows best, ICascadePolicy current)
    {
        HeldOutRows now = Replay(evidence.Table, current);
        HeldOutRows next = choice.Seen;
        var worth = new GoalWorth(goal, choice.Rate);
        double Gain(double[] weights)
        {
            double total = TensorPrimitives.Sum<double>(weights);
            double Mean(double[] values) => TensorPrimitives.Dot<double>(values, weights) / total;
            double bestQuality = Mean(best.Quality);
            return worth.Of(Mean(next.Quality), Mean(next.Cost), bestQuality) - worth.Of(Mean(now.Quality), Mean(now.Cost), bestQuality);
        }

        double gain = Gain(evidence.Weights);
        double[] draws = BayesianBootstrap.Draw(evidence.Weights, Draws, Gain);
        double better = draws.Count(drawn => drawn > Rounding) / (double)draws.Length;
        return new()
        {
            Plan = choice.Make(),
            Model = model,
            Labels = evidence.EffectiveSize,
            Gain = gain,
            GainError = draws.StandardDeviation(),
            IsBetter = better >= _confidence,
            Reason = string.Create(
                CultureInfo.InvariantCulture, $"on held-out requests it is worth {gain:0.0000} a request more, and better with probability {better:0.00}; {_confidence:0.00} is demanded"),
        };
    }

    private static HeldOutRows Replay(TraceTable table, ICascadePolicy policy)
    {
        var rows = new HeldOutRows(new double[table.RowCount], new double[table.RowCount]);
        var history = new CascadeHistory(table.ModelCount);
        for (int row = 0; row < table.RowCount; row++)
        {
            CascadeOutcome outcome = CascadeReplay.Run(policy, table, row, history);
            (rows.Quality[row], rows.Cost[row]) = (outcome.Quality, outcome.Cost.Dollars);
        }

        return rows;
    }
}
