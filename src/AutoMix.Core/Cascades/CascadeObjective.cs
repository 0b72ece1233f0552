namespace AutoMix;

/// <summary>
/// What a plan maximises, per query: P(the accepted answer is correct) - <see cref="DollarWeight"/> x dollars -
/// <see cref="TokenWeight"/> x tokens - <see cref="SecondWeight"/> x seconds. A correct answer is worth 1.
/// </summary>
/// <param name="DollarWeight">Value lost per dollar, 0 or more. Users state a goal instead.</param>
/// <param name="TokenWeight">Value lost per token, 0 or more.</param>
/// <param name="SecondWeight">Value lost per second, 0 or more.</param>
/// <param name="AbstainReward">What abstaining is worth, in [0, 1]; null where the plan must always answer.</param>
public readonly record struct CascadeObjective(double DollarWeight, double TokenWeight = 0, double SecondWeight = 0, double? AbstainReward = null)
{
    /// <summary>The value that a cost takes away.</summary>
    public double Price(CascadeCost cost) =>
        (DollarWeight * cost.Dollars) + (TokenWeight * cost.Tokens) + (SecondWeight * cost.Seconds);

    internal void Check(string parameter)
    {
        if (!(DollarWeight >= 0 && TokenWeight >= 0 && SecondWeight >= 0)
            || double.IsInfinity(DollarWeight) || double.IsInfinity(TokenWeight) || double.IsInfinity(SecondWeight))
        {
            throw new ArgumentException("The weights of an objective are finite numbers, 0 or more.", parameter);
        }

        if (AbstainReward is { } reward && !(reward >= 0 && reward <= 1))
        {
            throw new ArgumentException("What abstaining is worth is a number in [0, 1], where a correct answer is worth 1; null forbids it.", parameter);
        }
    }
}
