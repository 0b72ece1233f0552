using AutoMix.Statistics;

namespace AutoMix;

/// <summary>
/// The router's POMDP, estimated from traces. The hidden state is which models answer this query acceptably, c in {0,1}^N;
/// it does not change while it is looked at. Actions are to call, verify, accept and abstain; observations are confidences
/// and which answers agree.
/// </summary>
/// <remarks>
/// Prior: a two-parameter item-response model blended with counted patterns, kept as a mixture of products
/// sum_k w_k prod_m p_km^c_m (1 - p_km)^(1 - c_m). Confidence likelihood: calibrated and tempered, on the cells of
/// <see cref="ConfidenceGrid"/>. Agreement likelihood: counts per pair of models and pair of correctnesses.
/// Immutable; safe for concurrent use. After AutoMix (Aggarwal, Madaan et al., 2023).
/// </remarks>
public sealed class CascadeModel
{
    /// <summary>One node of the latent trait per lane of the widest vector of doubles.</summary>
    internal const int Nodes = 8;

    private readonly string[] _models;
    private readonly CascadeCost[] _answerCost;
    private readonly CascadeCost[] _verifyCost;
    private readonly VerificationKind[] _verification;
    private readonly SignalTrust?[] _trust;

    internal CascadeModel(
        string[] models,
        CascadeCost[] answerCost,
        CascadeCost[] verifyCost,
        VerificationKind[] verification,
        CorrectnessPrior prior,
        ConfidenceModel confidence,
        AgreementModel agreement,
        CascadeFitOptions options,
        double weight,
        SignalTrust?[]? trust = null)
    {
        _models = models;
        _answerCost = answerCost;
        _verifyCost = verifyCost;
        _verification = verification;
        _trust = trust ?? new SignalTrust?[models.Length];
        Prior = prior;
        Confidence = confidence;
        Agreement = agreement;
        Options = options;
        Weight = weight;
    }

    /// <summary>The models' names, cheapest first.</summary>
    public IReadOnlyList<string> Models => _models;

    /// <summary>Number of models.</summary>
    public int ModelCount => _models.Length;

    /// <summary>How it was estimated.</summary>
    public CascadeFitOptions Options { get; }

    /// <summary>Number of queries it was estimated from.</summary>
    public double Weight { get; }

    /// <summary>What its plans gave on held-out queries; null where the model was fitted from counts alone.</summary>
    public CascadeCurve? Curve { get; private init; }

    internal CorrectnessPrior Prior { get; }

    internal ConfidenceModel Confidence { get; }

    internal AgreementModel Agreement { get; }

    /// <summary>Mean cost of an answer of <paramref name="model"/>.</summary>
    public CascadeCost AnswerCost(int model) => _answerCost[model];

    /// <summary>Mean cost of verifying an answer of <paramref name="model"/>.</summary>
    public CascadeCost VerifyCost(int model) => _verifyCost[model];

    /// <summary>How an answer of <paramref name="model"/> comes by a confidence.</summary>
    public VerificationKind Verification(int model) => _verification[model];

    /// <summary>
    /// How far the confidences in answers of <paramref name="model"/> can be trusted; null where none was observed. A paid
    /// verification that is uninformative is <see cref="VerificationKind.None"/> to every plan: it is never paid for.
    /// </summary>
    public SignalTrust? Trust(int model) => _trust[model];

    /// <summary>P(<paramref name="model"/> answers correctly) before anything is observed.</summary>
    public double Accuracy(int model) => Prior.Accuracy(model);

    /// <summary>Estimates the model from counts.</summary>
    /// <param name="counts">Counts of at least one query.</param>
    /// <param name="options">How to estimate.</param>
    /// <exception cref="ArgumentException">There is no query in the counts.</exception>
    internal static CascadeModel Fit(CascadeCounts counts, CascadeFitOptions options)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (!(counts.Weight > 0))
        {
            throw new ArgumentException("The counts hold no query. Add at least one labelled query before fitting.", nameof(counts));
        }

        int n = counts.Models.Count;
        var answerCost = new CascadeCost[n];
        var verifyCost = new CascadeCost[n];
        var verification = new VerificationKind[n];
        var trust = new SignalTrust?[n];
        for (int m = 0; m < n; m++)
        {
            answerCost[m] = counts.AnswerCost(m);
            verifyCost[m] = counts.VerifyCost(m);
            if (counts.ObservedShare(m) == 0)
            {
                continue;
            }

            // A free confidence is observed whatever it is worth; its likelihood says how little that is.
            trust[m] = SignalTrust.OfCells(counts.Confidences(m, good: true), counts.Confidences(m, good: false));
            verification[m] = verifyCost[m].Dollars <= 0 ? VerificationKind.Free
                : trust[m]!.Worth == SignalWorth.Uninformative ? VerificationKind.None
                : VerificationKind.Paid;
        }

        (double[] qualities, short[] cells, double[] rowWeights) = counts.Rows();
        LatentModel latent = LatentModel.Fit(qualities, cells, rowWeights, n, Nodes, options.Likelihood == ConfidenceLikelihoodKind.Latent ? options.ConfidenceWeight : 0);
        CorrectnessPrior prior = CorrectnessPrior.Fit(latent, counts, options.PriorWeight);
        return new CascadeModel(
            [.. counts.Models],
            answerCost,
            verifyCost,
            verification,
            prior,
            ConfidenceModel.Fit(counts, latent, prior, options),
            AgreementModel.Fit(counts, options.AgreementTemper),
            options,
            counts.Weight,
            trust);
    }

    /// <summary>Solves the routing problem for one objective: exactly up to the limit of histories, beyond it exactly for the models worth having.</summary>
    /// <param name="objective">What to maximise.</param>
    /// <returns>An immutable plan that names its solver.</returns>
    public CascadePlan Solve(CascadeObjective objective) => Solve([objective])[0];

    /// <summary>Solves the routing problem for a goal in the user's own terms.</summary>
    /// <param name="goal">What the user wants.</param>
    /// <exception cref="InvalidOperationException">The model was fitted from counts, so that no held-out figures are known.</exception>
    /// <exception cref="ArgumentException">The goal cannot be met; the message says what can.</exception>
    public CascadePlan Solve(Goal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        CascadeCurve curve = Curve ?? throw new InvalidOperationException(
            "The model was fitted from counts, so what its plans give on held-out queries is unknown. Fit it from traces, or solve for a CascadeObjective.");
        return Solve(new CascadeObjective(curve.WeightFor(goal)));
    }

    /// <summary>Solves the routing problem for several objectives in one sweep.</summary>
    /// <param name="objectives">What to maximise; one plan each.</param>
    public IReadOnlyList<CascadePlan> Solve(IReadOnlyList<CascadeObjective> objectives)
    {
        ArgumentNullException.ThrowIfNull(objectives);
        foreach (CascadeObjective objective in objectives)
        {
            objective.Check(nameof(objectives));
        }

        HistoryIndex? index = ModelCount <= ExactSolver.MostModels ? ExactSolver.IndexFor(this) : null;
        if (index is null || index.Count > Options.HistoryLimit)
        {
            IReadOnlyList<PlanTable>? tables = SubCascades.Solve(this, objectives);
            return [.. objectives.Select((objective, i) => new CascadePlan(this, objective, tables?[i]))];
        }

        byte[][] actions = ExactSolver.Solve(this, index, objectives, out _);
        return [.. objectives.Select((objective, i) => new CascadePlan(this, objective, PlanTable.Whole(this, index, actions[i])))];
    }

    /// <summary>Writes P(each model is correct | history), from the belief that the history carries along.</summary>
    /// <param name="history">The observations so far.</param>
    /// <param name="correctness">One probability per model.</param>
    /// <returns>False where the history is impossible under the model; then the prior is written.</returns>
    public bool Belief(CascadeHistory history, Span<double> correctness)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.ModelCount != ModelCount || correctness.Length != ModelCount)
        {
            throw new ArgumentException($"The cascade has {ModelCount} models; the history has {history.ModelCount}, the destination {correctness.Length}.");
        }

        return history.Belief(this).Marginals(correctness);
    }

    /// <summary>The same model for queries whose latent easiness lies elsewhere, in standard deviations of it.</summary>
    internal CascadeModel Shifted(double easiness) =>
        new(_models, _answerCost, _verifyCost, _verification, Prior.Shifted(easiness), Confidence, Agreement, Options, Weight, _trust);

    /// <summary>The cascade of some of the models, as if the others did not exist.</summary>
    /// <param name="models">Ascending indices.</param>
    internal CascadeModel Select(ReadOnlySpan<int> models)
    {
        int[] selected = models.ToArray();
        return new(
            [.. selected.Select(m => _models[m])],
            [.. selected.Select(m => _answerCost[m])],
            [.. selected.Select(m => _verifyCost[m])],
            [.. selected.Select(m => _verification[m])],
            Prior.Select(selected),
            Confidence.Select(selected),
            Agreement.Select(selected),
            Options,
            Weight,
            [.. selected.Select(m => _trust[m])]);
    }

    internal CascadeModel With(CascadeCurve curve) =>
        new(_models, _answerCost, _verifyCost, _verification, Prior, Confidence, Agreement, Options, Weight, _trust) { Curve = curve };
}
