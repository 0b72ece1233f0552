namespace AutoMix;

/// <summary>
/// What has been observed about one query: which models answered, whose answers agree, and what the verifications said.
/// </summary>
/// <remarks>
/// One object per request, owned by whoever executes that request; not safe for concurrent use. <see cref="Reset"/> makes
/// it reusable. Recording and reading allocate nothing. The history also keeps the running belief of the policy that reads it, so a
/// decision about it counts as use.
/// </remarks>
public sealed class CascadeHistory
{
    /// <summary>The largest number of models a cascade can have.</summary>
    public const int MaxModels = ModelList.Most;

    private const sbyte NotCalled = -1;
    private readonly sbyte[] _group;
    private readonly double[] _confidence;
    private readonly Flags[] _flags;
    private readonly ulong[] _answerKey;
    private int _groups;
    private CascadeBelief? _belief;

    [Flags]
    private enum Flags : byte
    {
        None = 0,
        Excluded = 1,
        VerificationClosed = 2,
    }

    /// <summary>An empty history.</summary>
    /// <param name="modelCount">Number of models, 1 to <see cref="MaxModels"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="modelCount"/> is out of range.</exception>
    public CascadeHistory(int modelCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(modelCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(modelCount, MaxModels);
        _group = new sbyte[modelCount];
        _confidence = new double[modelCount];
        _flags = new Flags[modelCount];
        _answerKey = new ulong[modelCount];
        Reset();
    }

    /// <summary>Number of models.</summary>
    public int ModelCount => _group.Length;

    /// <summary>Number of models that have answered.</summary>
    public int AnswerCount { get; private set; }

    /// <summary>
    /// Identifies the request wherever a policy tosses a seeded coin, so that the same request gets the same decision
    /// offline, live, streaming and concurrently. See <see cref="RequestKeys"/>.
    /// </summary>
    public ulong RequestKey { get; set; }

    /// <summary>The embedding of the query; empty where it is unknown, so that contextual policies fall back on what they know without.</summary>
    public ReadOnlyMemory<float> Embedding { get; set; }

    /// <summary>Tokens of the prompt; 0 where unknown.</summary>
    public double InputTokens { get; set; }

    /// <summary>Whether <paramref name="model"/> has answered.</summary>
    public bool IsCalled(int model) => _group[model] != NotCalled;

    /// <summary>Whether <paramref name="model"/> may not be called (it failed, its circuit is open, it cannot take this request).</summary>
    public bool IsExcluded(int model) => (_flags[model] & Flags.Excluded) != 0;

    /// <summary>Whether a verification of <paramref name="model"/>'s answer is still possible.</summary>
    public bool CanVerify(int model) => IsCalled(model) && (_flags[model] & Flags.VerificationClosed) == 0;

    /// <summary>The confidence observed for <paramref name="model"/>'s answer, in [0, 1]; NaN where none was observed.</summary>
    public double Confidence(int model) => _confidence[model];

    /// <summary>
    /// The agreement group of <paramref name="model"/>'s answer: models with the same number gave the same answer. Numbers
    /// count up from 0 in the order of the answers. -1 where the model has not answered.
    /// </summary>
    public int Group(int model) => _group[model];

    /// <summary>
    /// <see cref="RequestKeys.FromText"/> of <paramref name="model"/>'s answer after <see cref="AnswerText.Normalize"/>; 0 where
    /// it is unknown.
    /// </summary>
    public ulong AnswerKey(int model) => _answerKey[model];

    /// <summary>Records that <paramref name="model"/> answered.</summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="agreesWith">Index of a model that has answered the same; -1 where this answer is new.</param>
    /// <exception cref="InvalidOperationException">The model has answered already, or <paramref name="agreesWith"/> has not.</exception>
    public void RecordAnswer(int model, int agreesWith = -1)
    {
        if (IsCalled(model))
        {
            throw new InvalidOperationException($"Model {model} has already answered; a history holds one answer of each model.");
        }

        if (agreesWith >= 0 && !IsCalled(agreesWith))
        {
            throw new InvalidOperationException($"Model {agreesWith} has not answered, so model {model} cannot agree with it.");
        }

        _group[model] = agreesWith >= 0 ? _group[agreesWith] : (sbyte)_groups++;
        AnswerCount++;
    }

    /// <summary>Records which text <paramref name="model"/> answered, as a key; see <see cref="AnswerKey"/>.</summary>
    /// <param name="model">Index of a model that has answered.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="InvalidOperationException">The model has not answered.</exception>
    public void RecordAnswerKey(int model, ulong key)
    {
        ThrowIfNotCalled(model);
        _answerKey[model] = key;
    }

    /// <summary>Records what a verification, or the answer's own token probability, says of <paramref name="model"/>'s answer.</summary>
    /// <param name="model">Index of a model that has answered.</param>
    /// <param name="confidence">Confidence that the answer is correct, in [0, 1].</param>
    /// <exception cref="InvalidOperationException">The model has not answered.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="confidence"/> is NaN or outside [0, 1].</exception>
    public void RecordConfidence(int model, double confidence)
    {
        ThrowIfNotCalled(model);
        if (!(confidence >= 0 && confidence <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(confidence),
                confidence,
                "A confidence is a number in [0, 1]. A verification that says nothing is recorded with RecordUnknown.");
        }

        _confidence[model] = confidence;
        _flags[model] |= Flags.VerificationClosed;
    }

    /// <summary>Records that <paramref name="model"/>'s answer was verified and the verification said nothing usable.</summary>
    /// <param name="model">Index of a model that has answered.</param>
    /// <exception cref="InvalidOperationException">The model has not answered.</exception>
    public void RecordUnknown(int model)
    {
        ThrowIfNotCalled(model);
        _flags[model] |= Flags.VerificationClosed;
    }

    /// <summary>Records that <paramref name="model"/> may not be called for this request.</summary>
    /// <param name="model">Index of the model.</param>
    public void Exclude(int model) => _flags[model] |= Flags.Excluded;

    /// <summary>Forgets everything, so that the object can serve another request.</summary>
    public void Reset()
    {
        Array.Fill(_group, NotCalled);
        Array.Fill(_confidence, double.NaN);
        Array.Clear(_flags);
        Array.Clear(_answerKey);
        _groups = 0;
        AnswerCount = 0;
        RequestKey = 0;
        Embedding = default;
        InputTokens = 0;
    }

    /// <summary>
    /// The belief of a cascade model after this history. The history keeps one belief, so that each observation is taken in once.
    /// </summary>
    internal CascadeBelief Belief(CascadeModel model)
    {
        _belief ??= new();
        _belief.Follow(model, this);
        return _belief;
    }

    private void ThrowIfNotCalled(int model)
    {
        if (!IsCalled(model))
        {
            throw new InvalidOperationException($"Model {model} has not answered, so nothing can be observed about its answer.");
        }
    }
}
