namespace AutoMix;

/// <summary>What was learned about an answer after it was given.</summary>
/// <param name="Quality">How good it was, in [0, 1].</param>
public sealed record OutcomeReport(double Quality)
{
    /// <summary>Thumbs up: the answer was good.</summary>
    public static OutcomeReport Good { get; } = new(1.0);

    /// <summary>Thumbs down: the answer was wrong or of no use.</summary>
    public static OutcomeReport Bad { get; } = new(0.0);

    /// <summary>The model whose answer it is about; null for the one that was returned.</summary>
    public string? Model { get; init; }

    /// <summary>Who says so, such as a user's id, so that nobody's influence grows without bound; empty where unknown.</summary>
    public string Source { get; init; } = "";

    /// <summary>
    /// The probability, in (0, 1], with which an outcome like this is reported at all, where it is known: .02 where every fiftieth
    /// answer is graded, less for good answers where users mostly complain. It keeps what is learned free of that selection.
    /// </summary>
    public double Propensity { get; init; } = 1;

    /// <summary>
    /// What a wrong answer to this request costs, in dollars, more than 0; null where unknown. Once some are known, a pipeline whose goal is
    /// <see cref="Goal.ErrorCosts"/>, or that was given none, weighs errors by their mean in place of what it began with.
    /// </summary>
    public decimal? ErrorDollars { get; init; }
}
