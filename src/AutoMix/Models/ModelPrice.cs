using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>What a model charges, in dollars per million tokens.</summary>
public sealed record ModelPrice
{
    private const decimal Million = 1_000_000m;

    private ModelPrice(decimal input, decimal output, decimal cachedInput)
    {
        Input = input;
        Output = output;
        CachedInput = cachedInput;
    }

    /// <summary>A model that charges nothing, such as one on your own machine.</summary>
    public static ModelPrice Free { get; } = new(0, 0, 0);

    /// <summary>Dollars per million input tokens.</summary>
    public decimal Input { get; }

    /// <summary>Dollars per million input tokens that the provider read from its prompt cache.</summary>
    public decimal CachedInput { get; }

    /// <summary>Dollars per million output tokens.</summary>
    public decimal Output { get; }

    /// <summary>A price per million tokens.</summary>
    /// <param name="input">Dollars per million input tokens.</param>
    /// <param name="output">Dollars per million output tokens.</param>
    /// <param name="cachedInput">Dollars per million cached input tokens; <paramref name="input"/> where not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A price is negative.</exception>
    public static ModelPrice PerMillionTokens(decimal input, decimal output, decimal? cachedInput = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        ArgumentOutOfRangeException.ThrowIfNegative(cachedInput ?? input);
        return new(input, output, cachedInput ?? input);
    }

    /// <summary>The dollars for a call that used <paramref name="usage"/>.</summary>
    /// <param name="usage">
    /// What the provider reported. Cached tokens are a part of the input tokens; a count that is missing or negative counts as 0.
    /// </param>
    public decimal CostOf(UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return CostOf(usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0);
    }

    /// <summary>The dollars for a call of so many tokens.</summary>
    /// <param name="inputTokens">Input tokens, cached ones included.</param>
    /// <param name="outputTokens">Output tokens.</param>
    /// <param name="cachedInputTokens">How many of the input tokens were cached.</param>
    public decimal CostOf(long inputTokens, long outputTokens, long cachedInputTokens = 0)
    {
        long input = Math.Max(inputTokens, 0);
        long cached = Math.Clamp(cachedInputTokens, 0, input);
        decimal parts = (input - cached) * Input + Math.Max(outputTokens, 0) * Output;
        if (cached > 0)
        {
            parts += cached * CachedInput;
        }

        return parts / Million;
    }
}
