using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The declared facts about one model: its name, its price and its abilities.</summary>
public sealed record ModelProfile
{
    /// <summary>The output tokens assumed for a cost estimate if neither the request nor the profile says: 1024.</summary>
    internal const int AssumedOutputTokens = 1024;

    /// <summary>Its name in policies, records and telemetry.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The model id that every call to it asks for. Null leaves the choice to its client: the caller's own model id is never
    /// passed on, since it can only be meant for one of the models.
    /// </summary>
    public string? ModelId { get; init; }

    /// <summary>The price; null if unknown. Calls without a price cannot be bounded in dollars.</summary>
    public ModelPrice? Price { get; init; }

    /// <summary>Tokens of input and output together that it can take; null for no declared bound.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>The output tokens its answers stay under if the request sets no maximum; used for cost estimates.</summary>
    public int DefaultMaxOutputTokens { get; init; } = AssumedOutputTokens;

    /// <summary>The output that an estimate of a request's cost assumes.</summary>
    internal int MostOutputTokens(ChatOptions? options) => options?.MaxOutputTokens ?? DefaultMaxOutputTokens;

    /// <summary>Kinds of content it can read. A request with any other kind skips it.</summary>
    public Modalities Modalities { get; init; } = Modalities.All;

    /// <summary>Whether it can call tools. A request with tools skips it otherwise.</summary>
    public bool SupportsTools { get; init; } = true;

    /// <summary>Whether it can follow a JSON response format. A request with one skips it otherwise.</summary>
    public bool SupportsStructuredOutput { get; init; } = true;

    /// <summary>Obtain its answers by draining a stream, for a provider that rejects calls that do not stream.</summary>
    public bool DrainStream { get; init; }

    /// <summary>Whether a stream of it that ends without a finish reason was cut off.</summary>
    public bool RequiresFinishReason { get; init; } = true;

    /// <summary>How its stream reports usage when it does so more than once.</summary>
    public UsageChunks UsageChunks { get; init; }

    /// <summary>
    /// Counts the tokens of a text; null for a conservative estimate from its bytes. A counter that throws falls back to that.
    /// </summary>
    public Func<string, int>? CountTokens { get; init; }

    /// <summary>The longest a call to it may take; the pipeline's own limit if null.</summary>
    public TimeSpan? AttemptTimeout { get; init; }
}
