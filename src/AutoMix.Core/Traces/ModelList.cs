namespace AutoMix;

/// <summary>Checks on lists of model names, so that every part refuses the same mistakes in the same words.</summary>
internal static class ModelList
{
    /// <summary>The largest number of models a cascade can have.</summary>
    public const int Most = 64;

    public static void Check(IReadOnlyList<string> models, string parameter)
    {
        if (models.Count is 0 or > Most)
        {
            throw new ArgumentException($"A cascade has 1 to {Most} models; {models.Count} were given.", parameter);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string model in models)
        {
            if (string.IsNullOrEmpty(model))
            {
                throw new ArgumentException("A model's name is empty. Give every model a name.", parameter);
            }

            if (!seen.Add(model))
            {
                throw new ArgumentException($"The model '{model}' is listed twice. List every model once.", parameter);
            }
        }
    }

    public static void CheckSame(IReadOnlyList<string> expected, IReadOnlyList<string> actual, string expectedOwner, string actualOwner)
    {
        if (!ReferenceEquals(expected, actual) && !expected.SequenceEqual(actual, StringComparer.Ordinal))
        {
            throw new ArgumentException(
                $"The models of {expectedOwner} are [{string.Join(", ", expected)}], those of {actualOwner} [{string.Join(", ", actual)}]. Use the same models in the same order.");
        }
    }
}
