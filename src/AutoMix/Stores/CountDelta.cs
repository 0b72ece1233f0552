namespace AutoMix.Stores;

/// <summary>The addition of one process to the sums in an <see cref="ICountStore"/>.</summary>
/// <param name="Id">Tells this delta from all others, so that it is added once however often it is sent.</param>
/// <param name="Sums">Finite numbers by the name of their sum. Not to be changed while it is being added.</param>
public sealed record CountDelta(Guid Id, IReadOnlyDictionary<string, double> Sums)
{
    /// <summary>A delta with an id of its own.</summary>
    /// <param name="sums">Finite numbers by the name of their sum.</param>
    public static CountDelta Of(IReadOnlyDictionary<string, double> sums) => new(Guid.NewGuid(), sums);

    /// <summary>Throws if a number is not finite: what is added can never be taken out again.</summary>
    /// <exception cref="ArgumentException">A number is NaN or infinite.</exception>
    public void Check()
    {
        foreach ((string name, double value) in Sums)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException($"The sum '{name}' would be changed by {value}. Add finite numbers only.");
            }
        }
    }
}
