using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// Takes back a draft: the updates with <see cref="DraftMessageId"/> are not the answer. It is only sent if
/// <see cref="ExecutionOptions.StreamDrafts"/> is on.
/// </summary>
public sealed class SupersededUpdate : ChatResponseUpdate
{
    internal SupersededUpdate(string draftMessageId, string model, string? reason)
    {
        DraftMessageId = draftMessageId;
        Model = model;
        Reason = reason;
    }

    /// <summary>The message id that all updates of the draft carry.</summary>
    public string DraftMessageId { get; }

    /// <summary>The name of the model that wrote the draft.</summary>
    public string Model { get; }

    /// <summary>The reason why the draft is not the answer; null if none is known.</summary>
    public string? Reason { get; }
}
