namespace AutoMix;

/// <summary>Bounds what one source of labels may say: no more than a share of all labels.</summary>
/// <remarks>Few sources are each allowed more than the share: up to twice what falls to each. Old labels count half as often. Not safe for concurrent use.</remarks>
internal sealed class SourceShares(double most)
{
    private const double Remembered = 1000;
    private const double Forgotten = 0.1;
    private readonly Dictionary<string, double> _labels = new(StringComparer.Ordinal);

    /// <summary>Whether one more label of a source counts; then it is counted.</summary>
    /// <param name="source">Who says it.</param>
    /// <param name="weight">How many labels it stands for: one label that is rarely given says as much as many.</param>
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
