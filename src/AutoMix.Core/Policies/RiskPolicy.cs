namespace AutoMix.Policies;

/// <summary>A chain whose accepted answers must also reach a certified probability of being correct; else it abstains.</summary>
internal sealed class RiskPolicy : FittedPolicy
{
    private readonly ChainPolicy _chain;
    private readonly ConfidenceCalibration[] _calibrations;
    private readonly double[] _constant;
    private readonly double _threshold;

    /// <param name="chain">Accepts, delegates and gives up.</param>
    /// <param name="calibrations">Per model, from confidence to probability.</param>
    /// <param name="constant">Per model, the probability where its confidences say nothing; NaN where they do.</param>
    /// <param name="threshold">Least probability of an accepted answer; infinity where nothing may be answered.</param>
    public RiskPolicy(ChainPolicy chain, ConfidenceCalibration[] calibrations, double[] constant, double threshold)
        : base(chain.Name, chain.Models)
    {
        Expect(calibrations.Length == chain.Models.Count && constant.Length == chain.Models.Count, "calibrations");
        Expect(threshold >= 0, "threshold");
        _chain = chain;
        _calibrations = calibrations;
        _constant = constant;
        _threshold = threshold;
    }

    public override PolicyNeeds Needs => PolicyNeeds.Confidences;

    public RiskPolicy With(double threshold) => new(_chain, _calibrations, _constant, threshold);

    /// <summary>The probability that a model's answer is correct; 0 where its confidence is unknown.</summary>
    public double Score(CascadeHistory history, int model)
    {
        if (!double.IsNaN(_constant[model]))
        {
            return _constant[model];
        }

        double confidence = history.Confidence(model);
        return double.IsNaN(confidence) ? 0 : _calibrations[model].Probability(confidence);
    }

    public override PolicyDocument ToDocument() => new RiskDocument
    {
        Name = Name,
        Models = [.. Models],
        AcceptFrom = [.. _chain.AcceptFrom],
        AbstainBelow = [.. _chain.AbstainBelow],
        Calibrations = _calibrations,
        Constant = _constant,
        Threshold = _threshold,
    };

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (double.IsPositiveInfinity(_threshold))
        {
            return CascadeAction.Abstain;
        }

        CascadeAction action = _chain.Decide(history);
        switch (action.Kind)
        {
            case CascadeActionKind.Call:
                return CascadeAction.Call(action.Model);
            case CascadeActionKind.Accept when double.IsNaN(_constant[action.Model]) && history.CanVerify(action.Model):
                return CascadeAction.Verify(action.Model);
            case CascadeActionKind.Accept when Score(history, action.Model) < _threshold:
                return CascadeAction.Abstain;
            default:
                return action;
        }
    }

    internal sealed record RiskDocument : PolicyDocument
    {
        public required double[] AcceptFrom { get; init; }

        public required double[] AbstainBelow { get; init; }

        public required ConfidenceCalibration[] Calibrations { get; init; }

        public required double[] Constant { get; init; }

        public required double Threshold { get; init; }

        public override ICascadePolicy ToPolicy() =>
            new RiskPolicy(new ChainPolicy(Name, Models, AcceptFrom, AbstainBelow), Calibrations, Constant, Threshold);
    }
}
