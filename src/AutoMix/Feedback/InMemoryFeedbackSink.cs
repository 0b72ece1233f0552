using AutoMix.Policies;

namespace AutoMix.Feedback;

/// <summary>Teaches a learner inside this process: each outcome replaces the snapshot that decides.</summary>
/// <remarks>
/// Safe for concurrent use: no outcome is lost, and a decision sees one snapshot. What is learned is gone with the process;
/// save <see cref="Current"/> with <see cref="PolicyFile"/> to keep it.
/// </remarks>
public sealed class InMemoryFeedbackSink : IFeedbackSink
{
    private ILearningPolicy _current;

    /// <param name="start">The learner to begin with.</param>
    public InMemoryFeedbackSink(ILearningPolicy start)
    {
        ArgumentNullException.ThrowIfNull(start);
        _current = start;
        Policy = new CurrentPolicy(this);
    }

    /// <summary>The latest snapshot.</summary>
    public ILearningPolicy Current => Volatile.Read(ref _current);

    /// <summary>Decides with the latest snapshot; for the pipeline.</summary>
    public ICascadePolicy Policy { get; }

    /// <inheritdoc/>
    public ValueTask ReportAsync(PolicyOutcome outcome, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            ILearningPolicy before = Current;
            if (ReferenceEquals(Interlocked.CompareExchange(ref _current, before.Update(outcome), before), before))
            {
                return ValueTask.CompletedTask;
            }
        }
    }

    private sealed class CurrentPolicy(InMemoryFeedbackSink sink) : ICascadePolicy
    {
        public string Name => sink.Current.Name;

        public IReadOnlyList<string> Models => sink.Current.Models;

        public PolicyNeeds Needs => sink.Current.Needs;

        public bool IsCalibrated => sink.Current.IsCalibrated;

        public VerificationKind? Verification(int model) => sink.Current.Verification(model);

        public IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => sink.Current.ConfidenceEdges(history, model);

        public CascadeAction Decide(CascadeHistory history) => sink.Current.Decide(history);

        public bool TryGetBelief(CascadeHistory history, Span<double> correctness) => sink.Current.TryGetBelief(history, correctness);
    }
}
