using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One model of the pipeline at run time.</summary>
internal sealed class ChatModel(int index, ModelProfile profile, IChatClient client, bool owned, Circuit circuit)
{
    private readonly DecisionRecord _call = new() { Kind = CascadeActionKind.Call, Model = profile.Name };
    private readonly DecisionRecord _finalCall = new() { Kind = CascadeActionKind.Call, Model = profile.Name, IsFinal = true };
    private readonly DecisionRecord _verification = new() { Kind = CascadeActionKind.Verify, Model = profile.Name };
    private readonly DecisionRecord _acceptance = new() { Kind = CascadeActionKind.Accept, Model = profile.Name };

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

    /// <summary>Makes the record of a decision about this model. Decisions of a kind without a reason share one object.</summary>
    public DecisionRecord Record(in RoutingDecision decision) => decision switch
    {
        { Reason: { } reason } => new() { Kind = decision.Kind, Model = Name, IsFinal = decision.IsFinal, Reason = reason },
        { Kind: CascadeActionKind.Call } => decision.IsFinal ? _finalCall : _call,
        { Kind: CascadeActionKind.Verify } => _verification,
        { Kind: CascadeActionKind.Accept } => _acceptance,
        _ => new() { Kind = decision.Kind, Model = Name },
    };
}
