namespace AutoMix.Policies;

/// <summary>A chain whose accepted answers must also reach a certified probability of being correct; otherwise it abstains.</summary>
/// <param name="Chain">Accepts, delegates and gives up.</param>
/// <param name="Calibrations">From confidence to probability, per model.</param>
/// <param name="Constant">The probability of a model whose confidences carry no information; NaN for the other models.</param>
/// <param name="Threshold">The least probability of an accepted answer; infinity if nothing may be answered.</param>
internal sealed record RiskPolicy(ThresholdPolicy Chain, ConfidenceCalibration[] Calibrations, double[] Constant, double Threshold)
    : FittedPolicy(Chain.Name, Chain.Models)
{
    public override PolicyNeeds Needs => PolicyNeeds.Confidences;

    /// <summary>Estimates the probability that a model's answer is correct; 0 if its confidence is unknown.</summary>
    public double Score(CascadeHistory history, int model)
    {
        if (!double.IsNaN(Constant[model]))
        {
            return Constant[model];
        }

        double confidence = history.Confidence(model);
        return double.IsNaN(confidence) ? 0 : Calibrations[model].Probability(confidence);
    }

    protected override void Prepare()
    {
        Expect(Calibrations.Length == ModelCount && Constant.Length == ModelCount, "calibrations");
        Expect(Threshold >= 0, "threshold");
    }

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (double.IsPositiveInfinity(Threshold))
        {
            return CascadeAction.Abstain;
        }

        CascadeAction action = Chain.Decide(history);
        switch (action.Kind)
        {
            case CascadeActionKind.Call:
                return CascadeAction.Call(action.Model);
            case CascadeActionKind.Accept when double.IsNaN(Constant[action.Model]) && history.CanVerify(action.Model):
                return CascadeAction.Verify(action.Model);
            case CascadeActionKind.Accept when Score(history, action.Model) < Threshold:
                return CascadeAction.Abstain;
            default:
                return action;
        }
    }
}
