using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AutoMix.Policies;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Lets a policy over numbers decide about live requests, from the same observations as offline.</summary>
internal sealed class CascadeRoutingPolicy : IRoutingPolicy
{
    private readonly ICascadePolicy _policy;
    private readonly int[] _pipelineIndex;
    private readonly ConfidenceChannels _channels;

    /// <exception cref="AutoMixConfigurationException">The policy was made for other models, or needs what the pipeline cannot observe.</exception>
    public CascadeRoutingPolicy(ICascadePolicy policy, IReadOnlyList<ModelProfile> models, ConfidenceChannels channels, Lazy<IEmbeddingGenerator<string, Embedding<float>>?>? embeddings = null)
    {
        if (policy.Needs.HasFlag(PolicyNeeds.Embeddings) && embeddings?.Value is null)
        {
            throw new AutoMixConfigurationException(
                $"The policy '{policy.Name}' needs {PolicyNeeds.Embeddings} of the questions, but no IEmbeddingGenerator<string, Embedding<float>> is registered. "
                + "Register the one that its training traces were embedded with, train a policy that needs none, or write an IRoutingPolicy of your own.");
        }

        _policy = policy;
        _channels = channels;
        IsCalibrated = policy.IsCalibrated;
        Fingerprint = $"{FingerprintOf(policy)};{channels.Fingerprint}";
        _pipelineIndex = new int[policy.Models.Count];
        for (int i = 0; i < _pipelineIndex.Length; i++)
        {
            _pipelineIndex[i] = -1;
            for (int j = 0; j < models.Count; j++)
            {
                if (string.Equals(models[j].Name, policy.Models[i], StringComparison.Ordinal))
                {
                    _pipelineIndex[i] = j;
                }
            }
        }

        if (_pipelineIndex.Length != models.Count || Array.IndexOf(_pipelineIndex, -1) >= 0)
        {
            throw new AutoMixConfigurationException(
                $"The policy '{policy.Name}' was made for the models [{string.Join(", ", policy.Models)}], but the pipeline has [{string.Join(", ", models.Select(m => m.Name))}]. "
                + "Give the pipeline's models the names that the policy was trained with (FirstModel(...) for the inner client, the first argument of AddModel for the others), or train the policy on traces of these models.");
        }
    }

    public string Name => _policy.Name;

    public bool IsCalibrated { get; }

    public string Fingerprint { get; }

    public bool NeedsEmbedding(RoutingView context) => _policy.Needs.HasFlag(PolicyNeeds.Embeddings);

    public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken)
    {
        // Text verifiers do not judge tool calls, so the numbers that were learned from them do not either.
        if (context.Last is { Status: AttemptStatus.Answered, Kind: AnswerKind.ToolCall } toolCall)
        {
            return new(RoutingDecision.Accept(toolCall, "a tool call is not verified"));
        }

        CascadeAction action = _policy.Decide(Observe(context));
        return new(action.Kind switch
        {
            // A JSON answer can be checked only when it is complete.
            CascadeActionKind.Call => RoutingDecision.Call(_pipelineIndex[action.Model], action.IsFinal && context.Options?.ResponseFormat is not ChatResponseFormatJson),
            CascadeActionKind.Verify => RoutingDecision.Verify(context.AnswerOf(_pipelineIndex[action.Model])!),
            CascadeActionKind.Accept => RoutingDecision.Accept(context.AnswerOf(_pipelineIndex[action.Model])!),
            _ => RoutingDecision.Abstain("the policy vouches for no answer"),
        });
    }

    /// <summary>Lists the edges of the policy's bins. An edge is left out if the policy ends the request in the same way on both sides.</summary>
    public IReadOnlyList<double>? ConfidenceEdges(RoutingView context, RoutingAttempt attempt)
    {
        int model = Array.IndexOf(_pipelineIndex, attempt.Model);
        if (!_channels.IsPaid(model) || !Observe(context).CanVerify(model) || _policy.ConfidenceEdges(Observe(context), model) is not { } edges)
        {
            return null;
        }

        var kept = new List<double>(edges.Count);
        CascadeAction before = default;
        for (int i = 0; i <= edges.Count; i++)
        {
            CascadeHistory history = Observe(context);
            history.RecordConfidence(model, ((i == 0 ? 0 : edges[i - 1]) + (i == edges.Count ? 1 : edges[i])) / 2);
            CascadeAction action = _policy.Decide(history);
            bool isLast = action.Kind == CascadeActionKind.Accept || action is { Kind: CascadeActionKind.Call, IsFinal: true };
            if (i > 0 && !(isLast && action == before))
            {
                kept.Add(edges[i - 1]);
            }

            before = action;
        }

        return kept;
    }

    /// <summary>Reads the confidence in an answer that the policy is shown; null if there is none.</summary>
    public double? ConfidenceOf(RoutingAttempt attempt) => _channels.Read(Array.IndexOf(_pipelineIndex, attempt.Model), attempt);

    /// <summary>Estimates the tokens of the prompt that the policy is shown.</summary>
    public long InputTokensOf(RoutingView context) => ObservationOf(context).InputTokens;

    public bool TryGetBelief(RoutingView context, Span<double> correctness)
    {
        Span<double> own = stackalloc double[CascadeHistory.MaxModels];
        own = own[.._pipelineIndex.Length];
        if (!_policy.TryGetBelief(Observe(context), own))
        {
            return false;
        }

        for (int i = 0; i < own.Length; i++)
        {
            correctness[_pipelineIndex[i]] = own[i];
        }

        return true;
    }

    // A trained policy is identified by its serialised content, a custom policy by its own description.
    private static string FingerprintOf(ICascadePolicy policy)
    {
        using var stream = new MemoryStream();
        try
        {
            PolicyFile.Save(policy, stream);
        }
        catch (NotSupportedException)
        {
            return $"{policy.GetType()}:{policy.Name}:{string.Join(',', policy.Models)}:{policy}";
        }

        return Convert.ToHexStringLower(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }

    private Observation ObservationOf(RoutingView context) => context.Get<Observation>(this) ?? context.Set(this, new Observation(
        new(_pipelineIndex.Length), TokenEstimate.OfRequest(context.MessageArray, context.Options, context.Models[_pipelineIndex[0]].CountTokens)));

    private CascadeHistory Observe(RoutingView context)
    {
        Observation observed = ObservationOf(context);
        CascadeHistory history = observed.History;
        history.Reset();
        history.RequestKey = context.RequestKey;
        history.Embedding = context.QueryEmbedding ?? default;
        history.InputTokens = observed.InputTokens;

        // The order of the answers counts, because it numbers the groups of agreement.
        foreach (RoutingAttempt attempt in CollectionsMarshal.AsSpan(context.AttemptList))
        {
            int model = Array.IndexOf(_pipelineIndex, attempt.Model);
            if (attempt.Status != AttemptStatus.Answered || history.IsCalled(model))
            {
                continue;
            }

            int agrees = attempt.AgreesWith is { } earlier ? Array.IndexOf(_pipelineIndex, earlier.Model) : -1;
            history.RecordAnswer(model, agrees >= 0 && history.IsCalled(agrees) && agrees != model ? agrees : -1);
            history.RecordAnswerKey(model, attempt.AnswerKey);
            if (_channels.Read(model, attempt) is { } confidence)
            {
                history.RecordConfidence(model, confidence);
            }
            else if (!(attempt.CanVerify && _channels.IsPaid(model)))
            {
                history.RecordUnknown(model);
            }
        }

        // A model without a usable answer is excluded, like a model that cannot be called.
        for (int i = 0; i < _pipelineIndex.Length; i++)
        {
            int model = _pipelineIndex[i];
            if (!history.IsCalled(i) && (!context.CanCall(model) || context.AnswerOf(model) is not null))
            {
                history.Exclude(i);
            }
        }

        return history;
    }

    /// <summary>The objects that this policy keeps for a request: a history to refill before each decision, and the estimated tokens of the prompt.</summary>
    private sealed record Observation(CascadeHistory History, long InputTokens);
}
