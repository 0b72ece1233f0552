using System.Globalization;

namespace AutoMix.Tool.Serve;

/// <summary>Counts what requests did, for the start page. No text of a request or an answer is kept. Safe for concurrent use.</summary>
internal sealed class Dashboard(AutoMixChatClient client, AutoMixOptions options, InMemoryBudgetLedger? ledger, TimeProvider time)
{
    private const int LastRequests = 50;

    // A policy over many models has many paths; a page of them would say nothing.
    private const int MostPaths = 30;
    private const string OtherPaths = "other paths";
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tally> _models = client.Models.ToDictionary(name => name, _ => new Tally(), StringComparer.Ordinal);
    private readonly Queue<DashboardSnapshot.RequestView> _last = new();
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _requests;
    private long _failed;
    private decimal _spent;
    private decimal? _saved = 0;

    /// <summary>Completes at the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Counts a request; null, as for a piece of a stream that is not its last, counts nothing.</summary>
    public void Add(RoutingRecord? record)
    {
        if (record is null)
        {
            return;
        }

        TaskCompletionSource changed;
        lock (_gate)
        {
            Count(record);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    public DashboardSnapshot Snapshot()
    {
        IReadOnlyList<ModelStatus> status = client.GetModelStatus();
        lock (_gate)
        {
            return new DashboardSnapshot
            {
                Since = _since,
                Requests = _requests,
                Failed = _failed,
                Spent = _spent,
                Saved = _saved,
                Paths = [.. _paths.OrderByDescending(path => path.Value).Select(path => new DashboardSnapshot.PathCount(path.Key, path.Value))],
                Models = [.. status.Select(model => _models[model.Model] is var tally
                    ? new DashboardSnapshot.ModelState(model.Model, tally.Answers, tally.Accepted, tally.Cost, model.OpenFor?.TotalSeconds)
                    : null!)],
                Budgets = ledger is null ? [] : [.. options.Budgets.Select((budget, index) => new DashboardSnapshot.BudgetState(budget.Dollars, budget.Window.TotalSeconds, ledger.Committed("", index)))],
                Last = [.. _last.Reverse()],
            };
        }
    }

    private void Count(RoutingRecord record)
    {
        _requests++;
        _failed += record.AnsweredBy is null ? 1 : 0;
        _spent += record.Cost;
        string path = Path(record);
        string counted = _paths.Count >= MostPaths && !_paths.ContainsKey(path) ? OtherPaths : path;
        _paths[counted] = _paths.GetValueOrDefault(counted) + 1;
        for (int i = 0; i < record.Attempts.Count; i++)
        {
            AttemptRecord attempt = record.Attempts[i];
            Tally tally = _models[attempt.Model];
            tally.Answers += attempt.Failure is null ? 1 : 0;
            tally.Accepted += i == record.AnsweredBy ? 1 : 0;
            tally.Cost += attempt.Cost + attempt.Verdicts.Sum(verdict => verdict.Cost);
        }

        _saved = _saved is { } saved && AlwaysLargest(record) is { } largest ? saved + largest - record.Cost : null;
        _last.Enqueue(new DashboardSnapshot.RequestView(
            _requests,
            time.GetUtcNow(),
            path,
            record.Outcome.ToString(),
            record.Model,
            record.Spend.IsIncomplete ? null : record.Cost,
            record.Duration.TotalSeconds,
            [.. Steps(record)]));
        if (_last.Count > LastRequests)
        {
            _last.Dequeue();
        }
    }

    // What the last model would have cost for the same answer; a request without an answer cost what it cost.
    private decimal? AlwaysLargest(RoutingRecord record)
    {
        if (record.Spend.IsIncomplete || client.GetService(typeof(ModelProfile), client.Models[^1]) is not ModelProfile { Price: { } price })
        {
            return null;
        }

        return record.AnsweredBy is { } index ? price.CostOf(record.Attempts[index].InputTokens ?? 0, record.Attempts[index].OutputTokens ?? 0) : record.Cost;
    }

    private static string Path(RoutingRecord record) => record.Attempts.Count == 0
        ? "no call"
        : string.Join(" \u2192 ", record.Attempts.Select(attempt => attempt.Model + (attempt.Failure is null ? "" : " (failed)") + (attempt.Verdicts.Any(verdict => verdict.Calls > 0) ? " + verification" : "")));

    // What a verification said stands with the decision to verify.
    private static IEnumerable<string> Steps(RoutingRecord record)
    {
        ILookup<string, VerdictRecord> verdicts = record.Attempts
            .SelectMany(attempt => attempt.Verdicts.Where(verdict => !verdict.IsFree).Select(verdict => (attempt.Model, Verdict: verdict)))
            .ToLookup(pair => pair.Model, pair => pair.Verdict, StringComparer.Ordinal);
        var told = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (DecisionRecord decision in record.Decisions)
        {
            string what = decision.Model is { } model ? $"{decision.Kind} {model}" : decision.Kind.ToString();
            if (decision is { Kind: CascadeActionKind.Verify, Model: { } verified })
            {
                int index = told[verified] = told.GetValueOrDefault(verified, -1) + 1;
                what += verdicts[verified].ElementAtOrDefault(index) is { } verdict ? $", {Said(verdict)}" : "";
            }

            yield return decision.Reason is { Length: > 0 } reason ? $"{what}: {reason}" : what;
        }

        if (record.Reason is { Length: > 0 } why && (record.Decisions is not [.., { Reason: var last }] || last != why))
        {
            yield return $"ended: {why}";
        }
    }

    private static string Said(VerdictRecord verdict) => verdict.Confidence is { } confidence
        ? string.Create(CultureInfo.InvariantCulture, $"{verdict.Verifier} says {confidence:0.###}")
        : $"{verdict.Verifier} says nothing usable{(verdict.Reason is { } reason ? $" ({reason})" : "")}";

    private sealed class Tally
    {
        public long Answers { get; set; }

        public long Accepted { get; set; }

        public decimal Cost { get; set; }
    }
}
