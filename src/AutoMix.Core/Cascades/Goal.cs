namespace AutoMix;

/// <summary>
/// What the user wants, in the user's own terms; a plan's cost weight is found from it by cross-validation on the training
/// traces.
/// </summary>
/// <remarks>Immutable; goals of the same kind and number are equal.</remarks>
public sealed record Goal
{
    private Goal(GoalKind kind, double amount)
    {
        Kind = kind;
        Amount = amount;
    }

    internal GoalKind Kind { get; }

    /// <summary>The share of quality, the dollars per thousand requests, or the dollars a wrong answer costs.</summary>
    internal double Amount { get; }

    /// <summary>Spend as little as possible while keeping a share of the best single model's quality.</summary>
    /// <param name="share">In (0, 1]; .99 keeps 99 %.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not in (0, 1].</exception>
    public static Goal KeepQuality(double share) => share > 0 && share <= 1
        ? new Goal(GoalKind.KeepQuality, share)
        : throw new ArgumentOutOfRangeException(nameof(share), share, "The share of the best model's quality to keep is a number in (0, 1]; 0.99 keeps 99 %.");

    /// <summary>Answer as well as possible while spending at most so much.</summary>
    /// <param name="dollarsPerThousand">Dollars per thousand requests, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dollarsPerThousand"/> is not a positive number.</exception>
    public static Goal SpendAtMost(double dollarsPerThousand) => dollarsPerThousand > 0 && double.IsFinite(dollarsPerThousand)
        ? new Goal(GoalKind.SpendAtMost, dollarsPerThousand)
        : throw new ArgumentOutOfRangeException(nameof(dollarsPerThousand), dollarsPerThousand, "The budget is a positive number of dollars per thousand requests.");

    /// <summary>Minimise the sum of what is spent and what wrong answers cost.</summary>
    /// <param name="dollars">Dollars that one wrong answer costs, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dollars"/> is not a positive number.</exception>
    public static Goal ErrorCosts(double dollars) => dollars > 0 && double.IsFinite(dollars)
        ? new Goal(GoalKind.ErrorCosts, dollars)
        : throw new ArgumentOutOfRangeException(nameof(dollars), dollars, "What a wrong answer costs is a positive number of dollars.");

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Kind}({Amount})");
}
