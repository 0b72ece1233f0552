using Microsoft.ML.Tokenizers;

namespace AutoMix;

/// <summary>Counts tokens with a tokenizer of Microsoft.ML.Tokenizers instead of estimating them from bytes.</summary>
public static class TokenizerExtensions
{
    /// <summary>Counts this model's tokens with its own tokenizer.</summary>
    /// <param name="profile">The model's profile.</param>
    /// <param name="tokenizer">The tokenizer. It is used concurrently.</param>
    public static ModelProfile CountTokensWith(this ModelProfile profile, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return profile with { CountTokens = text => tokenizer.CountTokens(text) };
    }

    /// <summary>Counts the tokens of all models that have no tokenizer of their own.</summary>
    /// <param name="mix">The builder.</param>
    /// <param name="tokenizer">The tokenizer. It is used concurrently.</param>
    public static AutoMixBuilder CountTokensWith(this AutoMixBuilder mix, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(mix);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return mix.CountTokensWith(text => tokenizer.CountTokens(text));
    }
}
