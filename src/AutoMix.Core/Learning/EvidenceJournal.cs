namespace AutoMix.Learning;

/// <summary>Gathers what one process learns between two additions to the shared sums, weighted by its age.</summary>
/// <remarks>
/// Forward decay (Cormode et al., 2009): nothing is ever discounted; what is new weighs more, by 2^(age of the epoch in half-lives),
/// so that sums only grow and the order of additions does not matter. A drift is a jump of that age. Not safe for concurrent use.
/// </remarks>
internal sealed class EvidenceJournal
{
    // What is older than a drift weighs 1/16 afterwards: enough to keep the shape of the model, too little to outvote what is new.
    private const double QualityJump = 4;
    private const double CostJump = 10;
    private const int Recent = 256;

    // As many as the watch of prices looks at: those before may be of the old price.
    private const int RecentCosts = DriftWatch.PriceWindow;
    private readonly Queue<LabelledRequest> _recent = new(Recent);
    private readonly Queue<(CascadeCost Cost, double? Verify)>[] _costs;
    private readonly DriftJump _jump = new(QualityJump);
    private readonly DriftJump[] _costJumps;
    private bool _hasFollowed;
    private EvidenceSums _pending = new();

    /// <param name="models">Number of models.</param>
    public EvidenceJournal(int models)
    {
        _costs = [.. Enumerable.Range(0, models).Select(_ => new Queue<(CascadeCost, double?)>(RecentCosts))];
        _costJumps = [.. Enumerable.Range(0, models).Select(_ => new DriftJump(CostJump))];
    }

    /// <summary>How many half-lives of the epoch have passed.</summary>
    public double Age { get; set; }

    /// <summary>The jumps that count from now on, as the shared sums say.</summary>
    /// <param name="sums">The shared sums.</param>
    public void Follow(EvidenceSums sums)
    {
        ArgumentNullException.ThrowIfNull(sums);
        _jump.Follow(sums[EvidenceSums.Jump], _hasFollowed);
        for (int m = 0; m < _costJumps.Length; m++)
        {
            _costJumps[m].Follow(sums[EvidenceSums.CostName(m, EvidenceSums.Jump)], _hasFollowed);
        }

        _hasFollowed = true;
    }

    /// <summary>The half-lives by which drifts have aged the evidence.</summary>
    public double Jumped => _jump.Value;

    private double Weight => Math.Pow(2, Age + Jumped);

    /// <summary>How many labelled requests of now weigh as much as all of the shared sums.</summary>
    /// <param name="sums">The shared sums.</param>
    internal double LabelsIn(EvidenceSums sums) => sums[EvidenceSums.Weight] / Weight;

    /// <summary>Adds a labelled request.</summary>
    /// <param name="request">The request.</param>
    public void Add(LabelledRequest request)
    {
        _pending.Add(request, Weight);
        _jump.Tick();
        Remember(_recent, request, Recent);
    }

    /// <summary>Adds what one answer cost.</summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="cost">The cost of the answer.</param>
    /// <param name="verifyDollars">What its verification cost; null where there was none.</param>
    public void AddCost(int model, CascadeCost cost, double? verifyDollars)
    {
        _pending.AddCost(model, cost, verifyDollars, Math.Pow(2, Age + _costJumps[model].Value));
        _costJumps[model].Tick();
        Remember(_costs[model], (cost, verifyDollars), RecentCosts);
    }

    /// <summary>Adds what one wrong answer costs.</summary>
    /// <param name="dollars">More than 0.</param>
    /// <param name="propensity">The probability with which such an answer is reported, in (0, 1].</param>
    public void AddErrorCost(double dollars, double propensity = 1) => _pending.AddErrorCost(dollars, Weight / propensity);

    /// <summary>After a drift of quality or confidence: old evidence fades at once, except for the requests since the change.</summary>
    /// <param name="since">How many of the last labelled requests, those of <see cref="Add"/>, lie behind the change.</param>
    public void Fade(int since)
    {
        Jump(_jump, EvidenceSums.Jump);
        foreach (LabelledRequest request in _recent.Skip(_recent.Count - Math.Min(since, _recent.Count)))
        {
            _pending.Add(request, Weight);
        }
    }

    /// <summary>After a change of price: a model's old costs fade at once, except for its last ones.</summary>
    /// <param name="model">Index of the model.</param>
    public void FadeCost(int model)
    {
        Jump(_costJumps[model], EvidenceSums.CostName(model, EvidenceSums.Jump));
        foreach ((CascadeCost cost, double? verify) in _costs[model])
        {
            _pending.AddCost(model, cost, verify, Math.Pow(2, Age + _costJumps[model].Value));
        }
    }

    /// <summary>What has gathered since the last time.</summary>
    public EvidenceSums Take()
    {
        EvidenceSums taken = _pending;
        _pending = new();
        return taken;
    }

    private void Jump(DriftJump jump, string name)
    {
        if (jump.Add() is > 0 and var added)
        {
            _pending.Add(name, added);
        }
    }

    private static void Remember<T>(Queue<T> queue, T item, int most)
    {
        if (queue.Count == most)
        {
            queue.Dequeue();
        }

        queue.Enqueue(item);
    }
}
