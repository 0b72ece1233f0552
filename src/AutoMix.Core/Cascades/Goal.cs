namespace AutoMix;

/// <summary>
/// What the user wants, in the user's own terms; a plan's cost weight is found from it by cross-validation on the training
/// traces.
/// </summary>
public abstract record Goal
{
    private protected Goal()
    {
    }

    /// <summary>Spend as little as possible while keeping a share of the best single model's quality.</summary>
    /// <param name="share">In (0, 1]; .99 keeps 99 %.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not in (0, 1].</exception>
    public static Goal KeepQuality(double share) => share > 0 && share <= 1
        ? new KeepQualityGoal(share)
        : throw new ArgumentOutOfRangeException(nameof(share), share, "The share of the best model's quality to keep is a number in (0, 1]; 0.99 keeps 99 %.");

    /// <summary>Answer as well as possible while spending at most so much.</summary>
    /// <param name="dollarsPerThousand">Dollars per thousand requests, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dollarsPerThousand"/> is not a positive number.</exception>
    public static Goal SpendAtMost(double dollarsPerThousand) => dollarsPerThousand > 0 && double.IsFinite(dollarsPerThousand)
        ? new SpendAtMostGoal(dollarsPerThousand)
        : throw new ArgumentOutOfRangeException(nameof(dollarsPerThousand), dollarsPerThousand, "The budget is a positive number of dollars per thousand requests.");

    /// <summary>Minimise the sum of what is spent and what wrong answers cost.</summary>
    /// <param name="dollars">Dollars that one wrong answer costs, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dollars"/> is not a positive number.</exception>
    public static Goal ErrorCosts(double dollars) => dollars > 0 && double.IsFinite(dollars)
        ? new ErrorCostsGoal(dollars)
        : throw new ArgumentOutOfRangeException(nameof(dollars), dollars, "What a wrong answer costs is a positive number of dollars.");

    internal sealed record KeepQualityGoal(double Share) : Goal;

    internal sealed record SpendAtMostGoal(double DollarsPerThousand) : Goal;

    internal sealed record ErrorCostsGoal(double Dollars) : Goal;
}
