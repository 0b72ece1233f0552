namespace AutoMix;

/// <summary>The declarations of a configuration file about one model. A property that is not set there keeps its value from code.</summary>
public sealed class ModelOptions
{
    /// <summary>Dollars per million input tokens.</summary>
    public decimal? InputPrice { get; set; }

    /// <summary>Dollars per million cached input tokens; the input price if it is not given.</summary>
    public decimal? CachedInputPrice { get; set; }

    /// <summary>Dollars per million output tokens.</summary>
    public decimal? OutputPrice { get; set; }

    /// <summary>The model id that every call to it asks for.</summary>
    public string? ModelId { get; set; }

    /// <summary>Tokens of input and output together that it can take.</summary>
    public int? ContextWindow { get; set; }

    /// <summary>The output tokens its answers stay under if the request sets no maximum.</summary>
    public int? DefaultMaxOutputTokens { get; set; }

    /// <summary>Kinds of content it can read.</summary>
    public Modalities? Modalities { get; set; }

    /// <summary>Whether it can call tools.</summary>
    public bool? SupportsTools { get; set; }

    /// <summary>Whether it can follow a JSON response format.</summary>
    public bool? SupportsStructuredOutput { get; set; }

    /// <summary>Obtain its answers by draining a stream.</summary>
    public bool? DrainStream { get; set; }

    /// <summary>Whether a stream of it that ends without a finish reason was cut off.</summary>
    public bool? RequiresFinishReason { get; set; }

    /// <summary>How its stream reports usage when it does so more than once.</summary>
    public UsageChunks? UsageChunks { get; set; }

    /// <summary>The longest a call to it may take.</summary>
    public TimeSpan? AttemptTimeout { get; set; }

    internal ModelOptions Copy() => (ModelOptions)MemberwiseClone();

    internal ModelProfile ApplyTo(ModelProfile profile)
    {
        if ((InputPrice is null) != (OutputPrice is null))
        {
            throw new InvalidOperationException(
                $"The model '{profile.Name}' has an {(InputPrice is null ? "output" : "input")} price but no {(InputPrice is null ? "input" : "output")} price. "
                + "Set both InputPrice and OutputPrice, in dollars per million tokens.");
        }

        return profile with
        {
            Price = InputPrice is { } input ? ModelPrice.PerMillionTokens(input, OutputPrice!.Value, CachedInputPrice) : profile.Price,
            ModelId = ModelId ?? profile.ModelId,
            ContextWindow = ContextWindow ?? profile.ContextWindow,
            DefaultMaxOutputTokens = DefaultMaxOutputTokens ?? profile.DefaultMaxOutputTokens,
            Modalities = Modalities ?? profile.Modalities,
            SupportsTools = SupportsTools ?? profile.SupportsTools,
            SupportsStructuredOutput = SupportsStructuredOutput ?? profile.SupportsStructuredOutput,
            DrainStream = DrainStream ?? profile.DrainStream,
            RequiresFinishReason = RequiresFinishReason ?? profile.RequiresFinishReason,
            UsageChunks = UsageChunks ?? profile.UsageChunks,
            AttemptTimeout = AttemptTimeout ?? profile.AttemptTimeout,
        };
    }
}
