namespace AutoMix;

/// <summary>Bounds the influence of one source to a share of all labels.</summary>
/// <remarks>If there are few sources, each may give up to twice its even share. Old labels are halved. Not safe for concurrent use.</remarks>
internal sealed class SourceShares(double most)
{
    private const double Remembered = 1000;
    private const double Forgotten = 0.1;
    private readonly Dictionary<string, double> _labels = new(StringComparer.Ordinal);

    /// <summary>Counts one more label of a source, unless the source has given its share.</summary>
    /// <param name="source">The source.</param>
    /// <param name="weight">The number of labels that it stands for: a label that is rarely given stands for many.</param>
    public bool TryTake(string source, double weight = 1)
    {
        double total = _labels.Values.Sum();
        double taken = _labels.GetValueOrDefault(source);
        int sources = _labels.Count + (taken > 0 ? 0 : 1);
        if (taken > 0 && taken + weight > Math.Max(most, 2.0 / sources) * (total + weight))
        {
            return false;
        }

        _labels[source] = taken + weight;
        if (total > Remembered)
        {
            foreach (string known in _labels.Keys.ToArray())
            {
                _labels[known] /= 2;
                if (_labels[known] < Forgotten)
                {
                    _labels.Remove(known);
                }
            }
        }

        return true;
    }
}
