using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// Takes back a draft: everything streamed under <see cref="DraftMessageId"/> is not the answer. Only sent where
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

    /// <summary>Why it is not the answer.</summary>
    public string? Reason { get; }
}
