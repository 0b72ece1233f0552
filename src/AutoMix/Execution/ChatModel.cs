using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One model of the pipeline at run time.</summary>
internal sealed class ChatModel(int index, ModelProfile profile, IChatClient client, bool owned, Circuit circuit)
{
    public int Index => index;

    public string Name => profile.Name;

    public ModelProfile Profile => profile;

    public IChatClient Client => client;

    /// <summary>Whether disposing the pipeline disposes the client.</summary>
    public bool Owned => owned;

    public Circuit Circuit => circuit;

    /// <summary>Whether some requests exceed the abilities of the model.</summary>
    public bool IsRestricted { get; } = profile.ContextWindow is not null
        || profile.Modalities != Modalities.All
        || !profile.SupportsTools
        || !profile.SupportsStructuredOutput;
}
