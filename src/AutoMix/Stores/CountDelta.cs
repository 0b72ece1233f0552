namespace AutoMix.Stores;

/// <summary>The addition of one process to the sums in an <see cref="ICountStore"/>.</summary>
/// <param name="id">The id of the delta. A store adds a delta once, however often it is sent.</param>
/// <param name="sums">Finite numbers by the name of their sum. They do not change while the delta is being added.</param>
public sealed class CountDelta(Guid id, IReadOnlyDictionary<string, double> sums)
{
    /// <summary>The id of the delta. A store adds a delta once, however often it is sent.</summary>
    public Guid Id => id;

    /// <summary>Finite numbers by the name of their sum.</summary>
    public IReadOnlyDictionary<string, double> Sums => sums;

    /// <summary>Creates a delta with a new id.</summary>
    /// <param name="sums">Finite numbers by the name of their sum.</param>
    internal static CountDelta Of(IReadOnlyDictionary<string, double> sums) => new(Guid.NewGuid(), sums);

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
