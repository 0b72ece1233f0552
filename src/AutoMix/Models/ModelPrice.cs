using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The price of a model, in dollars per million tokens.</summary>
public sealed record ModelPrice
{
    private const decimal Million = 1_000_000m;

    // Dollars per token in units of 1e-12, for prices that are whole in them: money without dividing decimals on every call.
    private const byte PicoScale = 12;
    private readonly long _inputPico;
    private readonly long _outputPico;
    private readonly long _cachedPico;

    private ModelPrice(decimal input, decimal output, decimal cachedInput)
    {
        Input = input;
        Output = output;
        CachedInput = cachedInput;
        _inputPico = Pico(input);
        _outputPico = Pico(output);
        _cachedPico = Pico(cachedInput);
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
    /// <param name="cachedInput">Dollars per million cached input tokens; <paramref name="input"/> if not given.</param>
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
    /// The usage that the provider reported. Cached tokens are a part of the input tokens; a count that is missing or negative counts as 0.
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
        long outputs = Math.Max(outputTokens, 0);
        if ((_inputPico | _outputPico | _cachedPico) >= 0 && (input | outputs) <= int.MaxValue)
        {
            Int128 pico = (Int128)(input - cached) * _inputPico + (Int128)cached * _cachedPico + (Int128)outputs * _outputPico;
            if (pico <= long.MaxValue)
            {
                long dollars = (long)pico;
                return new decimal((int)dollars, (int)(dollars >> 32), 0, false, PicoScale);
            }
        }

        decimal parts = (input - cached) * Input + outputs * Output;
        if (cached > 0)
        {
            parts += cached * CachedInput;
        }

        return parts / Million;
    }

    private static long Pico(decimal perMillion)
    {
        decimal pico = perMillion * Million;
        return pico <= long.MaxValue && pico == decimal.Truncate(pico) ? (long)pico : -1;
    }
}
