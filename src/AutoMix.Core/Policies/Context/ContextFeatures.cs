using AutoMix.Statistics;

namespace AutoMix.Policies;

/// <summary>The features of a query before any model has answered: its length and the principal components of its embedding, standardised.</summary>
internal sealed record ContextFeatures
{
    /// <summary>Principal components kept: more overfit a few hundred rows.</summary>
    private const int MostComponents = 12;
    private const int RowsPerComponent = 12;
    private readonly PrincipalComponents _components = new([], []);

    /// <exception cref="ArgumentException">There are more directions than are ever kept, or a part of one: deciding takes room for all of them.</exception>
    public required PrincipalComponents Components
    {
        get => _components;
        init => _components = value.Count <= MostComponents && value.Directions.Length == value.Count * value.Mean.Length
            ? value
            : throw new ArgumentException($"'components' holds {value.Directions.Length} numbers for directions of {value.Mean.Length}; there are at most {MostComponents} directions.");
    }

    public required double LengthMean { get; init; }

    public required double LengthDeviation { get; init; }

    public int Count => 1 + Components.Count;

    public static ContextFeatures Fit(TraceTable table)
    {
        double[] lengths = [.. Enumerable.Range(0, table.RowCount).Select(row => Math.Log(1 + table.InputTokens(row)))];
        double mean = lengths.Average();
        double deviation = Math.Sqrt(lengths.Average(l => (l - mean) * (l - mean)));
        return new ContextFeatures
        {
            LengthMean = mean,
            LengthDeviation = deviation,
            Components = table.HasEmbeddings && table.RowCount > RowsPerComponent
                ? PrincipalComponents.Fit([.. Enumerable.Range(0, table.RowCount).Select(table.Embedding)], Math.Min(MostComponents, table.RowCount / RowsPerComponent))
                : new PrincipalComponents([], []),
        };
    }

    /// <summary>Writes the features; an unknown one is zero, the training mean.</summary>
    public void Write(ReadOnlySpan<float> embedding, double inputTokens, Span<double> features)
    {
        features[0] = inputTokens > 0 && LengthDeviation > 1e-9 ? (Math.Log(1 + inputTokens) - LengthMean) / LengthDeviation : 0;
        Components.Project(embedding, features[1..]);
    }

    /// <summary>The features of all rows, row after row.</summary>
    public double[] Of(TraceTable table)
    {
        double[] x = new double[table.RowCount * Count];
        for (int row = 0; row < table.RowCount; row++)
        {
            Write(table.Embedding(row).Span, table.InputTokens(row), x.AsSpan(row * Count, Count));
        }

        return x;
    }
}
