using AutoMix.Estimation;
using MathNet.Numerics.Distributions;

namespace AutoMix.Learning;

/// <summary>
/// From evidence to a new plan, and the guard before it: the plan at hand stays unless the new one is better with confidence on
/// requests that were held out from making it.
/// </summary>
/// <remarks>Immutable; safe for concurrent use. The guard is a safe policy improvement in the sense of Thomas et al. (2015).</remarks>
public sealed class PlanLearner
{
    private readonly double _quantile;

    /// <summary>The goal that plans serve. Default: 99 % of the best model's quality.</summary>
    public Goal Goal { get; }

    /// <summary>The least effective number of labelled requests from which a plan is made.</summary>
    public double MinimumLabels { get; }

    /// <summary>How a model is estimated. The defaults are those for traces, without the choice by cross-validation.</summary>
    public CascadeFitOptions Fit { get; init; } = new();

    /// <param name="goal">The goal that plans serve; null keeps 99 % of the best model's quality.</param>
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

        Goal = goal ?? Goal.KeepQuality(0.99);
        MinimumLabels = minimumLabels;
        _quantile = Normal.InvCDF(0, 1, confidence);
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
        (double[] quality, double[] cost) = HeldOut(evidence, objectives);
        CascadeModel model = CascadeModel.Fit(evidence.Counts(), Fit).With(CurveOf(evidence, objectives, quality, cost));
        CascadePlan plan;
        try
        {
            plan = model.Solve(Goal);
        }
        catch (ArgumentException e)
        {
            return PlanProposal.None(labels, e.Message);
        }

        return Compare(evidence, plan, ObjectiveOf(plan, objectives), quality, cost, current, labels);
    }

    // Each row by the plan of the fold that left it out: objectives x rows.
    private (double[] Quality, double[] Cost) HeldOut(Evidence evidence, IReadOnlyList<CascadeObjective> objectives)
    {
        int rows = evidence.Table.RowCount;
        double[] quality = new double[objectives.Count * rows];
        double[] cost = new double[objectives.Count * rows];
        var history = new CascadeHistory(evidence.Table.ModelCount);
        for (int fold = 0; fold < EvidenceSums.Folds; fold++)
        {
            CascadeCounts rest = evidence.Counts(fold);
            if (!(rest.Weight > 0))
            {
                // Everything fell into one fold: then there is nothing to hold out.
                rest = evidence.Counts();
            }

            IReadOnlyList<CascadePlan> plans = CascadeModel.Fit(rest, Fit).Solve(objectives);
            for (int row = 0; row < rows; row++)
            {
                for (int i = 0; i < plans.Count && evidence.Fold(row) == fold; i++)
                {
                    CascadeOutcome outcome = CascadeReplay.Run(plans[i], evidence.Table, row, history);
                    quality[(i * rows) + row] = outcome.Quality;
                    cost[(i * rows) + row] = outcome.Cost.Dollars;
                }
            }
        }

        return (quality, cost);
    }

    private static CascadeCurve CurveOf(Evidence evidence, IReadOnlyList<CascadeObjective> objectives, double[] quality, double[] cost)
    {
        TraceTable table = evidence.Table;
        int rows = table.RowCount;
        return new(
            objectives.Select((objective, i) => new OperatingPoint(
                objective.DollarWeight, Mean(evidence, row => quality[(i * rows) + row]), Mean(evidence, row => cost[(i * rows) + row]))),
            Enumerable.Range(0, table.ModelCount).Select(m => new OperatingPoint(
                0, Mean(evidence, row => table.Quality(row, m)), table.AnswerCost(0, m))));
    }

    private static int ObjectiveOf(CascadePlan plan, IReadOnlyList<CascadeObjective> objectives) =>
        Enumerable.Range(0, objectives.Count).MinBy(i => Math.Abs(objectives[i].DollarWeight - plan.Objective.DollarWeight));

    private PlanProposal Compare(Evidence evidence, CascadePlan plan, int objective, double[] quality, double[] cost, ICascadePolicy current, double labels)
    {
        int rows = evidence.Table.RowCount;
        double weight = plan.Objective.DollarWeight;
        double[] gain = new double[rows];
        var history = new CascadeHistory(evidence.Table.ModelCount);
        for (int row = 0; row < rows; row++)
        {
            CascadeOutcome before = CascadeReplay.Run(current, evidence.Table, row, history);
            gain[row] = quality[(objective * rows) + row] - (weight * cost[(objective * rows) + row]) - before.Quality + (weight * before.Cost.Dollars);
        }

        double mean = Mean(evidence, row => gain[row]);
        double variance = 0;
        for (int row = 0; row < rows; row++)
        {
            variance += evidence.Weights[row] * (gain[row] - mean) * (gain[row] - mean);
        }

        double error = Math.Sqrt(variance) / evidence.EffectiveSize;
        double least = mean - (_quantile * error);
        return new()
        {
            Plan = plan,
            Labels = labels,
            Gain = mean,
            GainError = error,
            IsBetter = least > 0,
            Reason = least > 0
                ? FormattableString.Invariant($"worth {mean:0.0000} more a request on held-out requests, at least {least:0.0000} with confidence")
                : FormattableString.Invariant($"the gain on held-out requests, {mean:0.0000} a request, may be chance (at least {least:0.0000} with confidence)"),
        };
    }

    private static double Mean(Evidence evidence, Func<int, double> of)
    {
        double sum = 0;
        for (int row = 0; row < evidence.Table.RowCount; row++)
        {
            sum += evidence.Weights[row] * of(row);
        }

        return sum / evidence.EffectiveSize;
    }
}
