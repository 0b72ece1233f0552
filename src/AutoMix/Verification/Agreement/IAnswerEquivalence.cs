namespace AutoMix;

/// <summary>Says whether two answers to one question mean the same.</summary>
public interface IAnswerEquivalence
{
    /// <summary>Whether two answers mean the same; null if that cannot be told.</summary>
    /// <param name="first">One answer.</param>
    /// <param name="second">Another answer.</param>
    /// <param name="context">The request that both answer.</param>
    /// <param name="cancellationToken">Cancels the comparison.</param>
    ValueTask<bool?> AreEquivalentAsync(string first, string second, VerificationContext context, CancellationToken cancellationToken);
}
