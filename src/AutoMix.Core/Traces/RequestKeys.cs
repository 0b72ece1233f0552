using System.Text;

namespace AutoMix;

/// <summary>Stable 64-bit keys for requests: the same text has the same key in every process and on every machine.</summary>
public static class RequestKeys
{
    /// <summary>The key of a trace id or of a caller's own request id (FNV-1a over UTF-8, then mixed).</summary>
    /// <param name="text">Any text.</param>
    public static ulong FromText(ReadOnlySpan<char> text)
    {
        ulong hash = 14695981039346656037UL;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            int written = rune.EncodeToUtf8(utf8);
            for (int i = 0; i < written; i++)
            {
                hash = (hash ^ utf8[i]) * 1099511628211UL;
            }
        }

        return Mix(hash);
    }

    /// <summary>A number in [0, 1) that depends on the seed and the key only: the coin of randomised policies.</summary>
    /// <param name="seed">The policy's seed.</param>
    /// <param name="key">The request's key.</param>
    public static double Uniform(ulong seed, ulong key) => (Mix(key + 0x9E3779B97F4A7C15UL * (seed + 1)) >> 11) * (1.0 / (1UL << 53));

    // The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
