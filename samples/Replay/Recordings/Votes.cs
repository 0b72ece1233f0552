namespace AutoMix.Replay;

/// <summary>
/// Turns a recorded confidence into votes: of k samples, r = round(k x confidence) say Correct, spread evenly over the seeds.
/// </summary>
public static class Votes
{
    /// <summary>Whether the sample with this seed says Correct.</summary>
    /// <param name="confidence">The recorded confidence.</param>
    /// <param name="samples">k, the number of samples.</param>
    /// <param name="seed">i, from the request; counted modulo k.</param>
    public static bool SaysCorrect(double confidence, int samples, long seed)
    {
        long votes = CorrectVotes(confidence, samples);
        long i = seed % samples;
        return (i + 1) * votes / samples > i * votes / samples;
    }

    /// <summary>The share of Correct among all k samples: the confidence that voting observes.</summary>
    public static double Quantise(double confidence, int samples) => (double)CorrectVotes(confidence, samples) / samples;

    private static long CorrectVotes(double confidence, int samples) => (long)Math.Round(samples * confidence, MidpointRounding.ToEven);
}
