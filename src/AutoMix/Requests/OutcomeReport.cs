namespace AutoMix;

/// <summary>The outcome of an answer: how good it turned out to be.</summary>
public sealed record OutcomeReport
{
    /// <summary>Creates the report of a graded answer.</summary>
    /// <param name="quality">The quality of the answer, in [0, 1].</param>
    public OutcomeReport(double quality) => Quality = quality;

    /// <summary>The quality of the answer, in [0, 1].</summary>
    public double Quality { get; init; }

    /// <summary>Thumbs up: the answer was good.</summary>
    public static OutcomeReport Good { get; } = new(1.0);

    /// <summary>Thumbs down: the answer was wrong or of no use.</summary>
    public static OutcomeReport Bad { get; } = new(0.0);

    /// <summary>The model whose answer was graded; null for the answer that was returned.</summary>
    public string? Model { get; init; }

    /// <summary>The source of the grade, such as a user's id, so that the influence of one source is bounded; empty if unknown.</summary>
    public string Source { get; init; } = "";

    /// <summary>
    /// The probability, in (0, 1], with which an outcome like this is reported at all: .02 if every fiftieth answer is graded, less for
    /// good answers if users mostly complain. It corrects what is learned for that selection.
    /// </summary>
    public double Propensity { get; init; } = 1;

    /// <summary>
    /// The cost of a wrong answer to this request, in dollars, more than 0; null if unknown. Once ten are known, a pipeline whose goal is
    /// <see cref="Goal.ErrorCosts"/>, or that has no goal, weighs errors by their mean.
    /// </summary>
    public decimal? ErrorDollars { get; init; }

    /// <exception cref="ArgumentException">A number is out of range.</exception>
    internal void Check()
    {
        if (!(Quality is >= 0 and <= 1 && Propensity is > 0 and <= 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"A quality is in [0, 1] and a propensity in (0, 1]; got {Quality} and {Propensity}."), nameof(OutcomeReport));
        }

        if (ErrorDollars is <= 0)
        {
            throw new ArgumentException(FormattableString.Invariant($"An error costs more than 0 dollars; got {ErrorDollars}."), nameof(OutcomeReport));
        }
    }
}
