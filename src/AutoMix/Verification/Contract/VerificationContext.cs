using AutoMix.Statistics;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The request, one answer, and a metered way to ask a model about the answer.</summary>
public sealed class VerificationContext
{
    private readonly IVerificationCalls? _calls;

    /// <summary>A context outside the pipeline, as for testing a verifier.</summary>
    /// <param name="messages">The messages of the request.</param>
    /// <param name="options">The options of the request, if any.</param>
    /// <param name="answer">The answer to verify.</param>
    /// <param name="model">The name of the model that gave it.</param>
    /// <param name="ask">The client that <see cref="AskAsync"/> calls; without it a verifier cannot ask anything.</param>
    public VerificationContext(
        IReadOnlyList<ChatMessage> messages,
        ChatOptions? options,
        ChatResponse answer,
        string model,
        IChatClient? ask = null)
        : this(messages, options, answer, model, null, 0, null, ask is null ? null : new UnmeteredCalls(ask))
    {
    }

    internal VerificationContext(
        IReadOnlyList<ChatMessage> messages,
        ChatOptions? options,
        ChatResponse answer,
        string model,
        IReadOnlyList<double>? confidenceEdges,
        double stopRisk,
        IServiceProvider? services,
        IVerificationCalls? calls)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(model);
        Messages = messages;
        Options = options;
        Answer = answer;
        Model = model;
        ConfidenceEdges = confidenceEdges;
        StopRisk = stopRisk;
        Services = services;
        _calls = calls;
    }

    /// <summary>The messages of the request. Not to be changed.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>The caller's options. Not to be changed.</summary>
    public ChatOptions? Options { get; }

    /// <summary>The answer to verify, log-probabilities in its raw representation included. Not to be changed.</summary>
    public ChatResponse Answer { get; }

    /// <summary>The text of the answer.</summary>
    public string Text => Answer.Text;

    /// <summary>The name of the model that gave the answer.</summary>
    public string Model { get; }

    /// <summary>
    /// The confidences between which nothing changes for the policy, ascending: more evidence that crosses none of them is a waste.
    /// A confidence on an edge belongs above it. Null if every difference counts, and for a free verifier.
    /// </summary>
    public IReadOnlyList<double>? ConfidenceEdges { get; }

    /// <summary>The accepted probability of a different decision for a verifier without a stop risk of its own.</summary>
    internal double StopRisk { get; }

    /// <summary>The services of the application, if any.</summary>
    public IServiceProvider? Services { get; }

    /// <summary>Asks a model, metered: the call counts against the limits and budgets and is part of the response's usage.</summary>
    /// <param name="messages">The messages to send.</param>
    /// <param name="options">
    /// The options of the call, cloned before use. The caller's additional properties are added to them, and
    /// <see cref="RequestTags.Purpose"/> marks the call as a verification.
    /// </param>
    /// <param name="model">The name of the model to ask; the author of the answer if null.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="VerificationCallException">The call failed, or a limit forbids it.</exception>
    public async ValueTask<ChatResponse> AskAsync(
        IReadOnlyList<ChatMessage> messages,
        ChatOptions? options = null,
        string? model = null,
        CancellationToken cancellationToken = default)
    {
        IReadOnlyList<VerificationReply> replies = await AskAllAsync(messages, [options ?? new ChatOptions()], model, cancellationToken).ConfigureAwait(false);
        return replies[0].Response ?? throw new VerificationCallException(replies[0].Failure!);
    }

    /// <summary>Asks a model the same thing several times at once, as for votes. All calls are reserved before the first starts.</summary>
    /// <param name="messages">The messages to send.</param>
    /// <param name="options">One set of options per call, such as with different seeds.</param>
    /// <param name="model">The name of the model to ask; the author of the answer if null.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <returns>One reply per call, in order: a response, or why there is none.</returns>
    public ValueTask<IReadOnlyList<VerificationReply>> AskAllAsync(
        IReadOnlyList<ChatMessage> messages,
        IReadOnlyList<ChatOptions> options,
        string? model = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        return _calls is null
            ? throw new VerificationCallException("This context was made outside the pipeline without a client to ask; pass one to its constructor.")
            : _calls.AskAllAsync(messages, options, model ?? Model, cancellationToken);
    }

    /// <summary>Copies the context with other edges, for an inner verifier whose confidences mean something else to the policy.</summary>
    internal VerificationContext WithEdges(IReadOnlyList<double>? edges) =>
        new(Messages, Options, Answer, Model, edges, StopRisk, Services, _calls);

    /// <summary>Whether the share of so many votes, with so many still out, is as good as certain to stay between its edges.</summary>
    internal bool IsDecided(int correct, int valid, int left, double? stopRisk) =>
        ConfidenceEdges is { } edges && valid > 0
        && VoteForecast.ChangeProbability(correct, valid, left, [.. edges]) is var risk && (risk == 0 || risk < (stopRisk ?? StopRisk));

    private sealed class UnmeteredCalls(IChatClient client) : IVerificationCalls
    {
        public async ValueTask<IReadOnlyList<VerificationReply>> AskAllAsync(
            IReadOnlyList<ChatMessage> messages,
            IReadOnlyList<ChatOptions> options,
            string model,
            CancellationToken cancellationToken)
        {
            var replies = new VerificationReply[options.Count];
            for (int i = 0; i < replies.Length; i++)
            {
                replies[i] = new(await client.GetResponseAsync(messages, options[i].Clone(), cancellationToken).ConfigureAwait(false), null);
            }

            return replies;
        }
    }
}
