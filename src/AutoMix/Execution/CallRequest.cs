using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The model, messages and options of one call, as they are sent.</summary>
internal sealed record CallRequest(ChatModel Model, ChatMessage[] Messages, ChatOptions? Options)
{
    public ModelProfile Profile => Model.Profile;

    /// <summary>Estimates the tokens of the input from above.</summary>
    public long EstimateInputTokens() => TokenEstimate.OfRequest(Messages, Options, Profile.CountTokens);
}
