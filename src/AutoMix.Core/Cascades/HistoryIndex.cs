namespace AutoMix;

/// <summary>
/// A perfect numbering of the histories of a cascade: each model is uncalled, or its answer joins one of the groups of
/// agreeing answers before it or starts a new one, and its verification has one of a number of outcomes.
/// </summary>
/// <remarks>
/// The number of ways to complete a prefix depends only on how many groups it has, so a rank is a sum of such counts, and
/// every step that observes more (a call, a verification) leads to a larger number: a sweep downwards sees successors first.
/// </remarks>
internal sealed class HistoryIndex
{
    private readonly int[] _outcomes;
    private readonly long[] _completions;
    private readonly int _models;
    private readonly bool _agreement;

    /// <param name="outcomes">Per model, the number of verification outcomes of a called model (1 where there is none).</param>
    /// <param name="agreement">Whether histories tell apart which answers agree; without, all answers form one nameless group.</param>
    public HistoryIndex(ReadOnlySpan<int> outcomes, bool agreement = true)
    {
        _models = outcomes.Length;
        _agreement = agreement;
        _outcomes = outcomes.ToArray();
        _completions = new long[(_models + 1) * (_models + 2)];
        for (int groups = 0; groups <= _models; groups++)
        {
            _completions[At(_models, groups)] = 1;
        }

        for (int model = _models - 1; model >= 0; model--)
        {
            for (int groups = 0; groups <= model; groups++)
            {
                long join = Completions(model + 1, groups);
                long start = Completions(model + 1, GroupsAfter(groups, groups));
                long ways = checked((join * (1 + (groups * (long)_outcomes[model]))) + (start * _outcomes[model]));

                // Far beyond any limit; saturating keeps 64 models from overflowing.
                _completions[At(model, groups)] = Math.Min(ways, int.MaxValue);
            }
        }
    }

    /// <summary>Number of histories; <see cref="int.MaxValue"/> where there are more.</summary>
    public long Count => Completions(0, 0);

    /// <summary>Number of verification outcomes of a called model.</summary>
    public int Outcomes(int model) => _outcomes[model];

    /// <summary>Number of groups after an answer joined <paramref name="group"/>; equal to <paramref name="groups"/> it starts a new one.</summary>
    public int GroupsAfter(int groups, int group) => _agreement && group == groups ? groups + 1 : groups;

    /// <summary>Ways to complete a history whose models before <paramref name="model"/> are decided and form <paramref name="groups"/> groups.</summary>
    public long Completions(int model, int groups) => _completions[At(model, groups)];

    /// <summary>
    /// What a called model adds to the number of a history: it joins <paramref name="group"/> (equal to
    /// <paramref name="groups"/> for a new one) and has verification outcome <paramref name="outcome"/>.
    /// </summary>
    public int Offset(int model, int groups, int group, int outcome)
    {
        long join = Completions(model + 1, groups);
        return group < groups
            ? (int)(join * (1 + ((long)group * _outcomes[model]) + outcome))
            : (int)((join * (1 + ((long)groups * _outcomes[model]))) + (outcome * Completions(model + 1, GroupsAfter(groups, groups))));
    }

    private int At(int model, int groups) => (model * (_models + 1)) + groups;
}
