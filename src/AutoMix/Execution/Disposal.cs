namespace AutoMix;

/// <summary>Disposes several objects, each once, even if one of them throws.</summary>
internal static class Disposal
{
    /// <exception cref="AggregateException">Some objects have thrown. All are disposed.</exception>
    public static void OfAll(IEnumerable<IDisposable> parts, bool quietly = false)
    {
        List<Exception>? failures = null;
        foreach (IDisposable part in new HashSet<IDisposable>(parts, ReferenceEqualityComparer.Instance))
        {
            try
            {
                part.Dispose();
            }
            catch (Exception e)
            {
                (failures ??= []).Add(e);
            }
        }

        if (failures is not null && !quietly)
        {
            throw new AggregateException("Some of the pipeline's parts could not be disposed of.", failures);
        }
    }
}
