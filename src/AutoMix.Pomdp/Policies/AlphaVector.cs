namespace AutoMix.Pomdps;

/// <summary>An action and what the plan that begins with it is worth in each state.</summary>
public sealed class AlphaVector
{
    private readonly double[] _values;

    /// <summary>Copies the values.</summary>
    public AlphaVector(int action, ReadOnlySpan<double> values)
        : this(action, values.ToArray())
    {
    }

    internal AlphaVector(int action, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(action);
        Action = action;
        _values = values;
    }

    /// <summary>The action to take where this vector is the best.</summary>
    public int Action { get; }

    /// <summary>Value in each state.</summary>
    public ReadOnlySpan<double> Values => _values;
}
