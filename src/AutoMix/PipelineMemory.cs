using System.Collections.Concurrent;
using System.Globalization;
using AutoMix.Stores;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>
/// What pipelines that are built again and again from one registration, as one a scope, remember together: budgets, circuits,
/// which verifiers are worth paying, which model made what.
/// </summary>
internal sealed class PipelineMemory
{
    private readonly ConcurrentDictionary<string, InMemoryBudgetLedger> _ledgers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Circuit> _circuits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ICircuitStore, SharedCircuits> _shared = new();
    private readonly ConcurrentDictionary<string, VerifierWorth.History> _verdicts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(Type, string), Lazy<object>> _parts = new();
    private readonly ConcurrentDictionary<string, ModelAffinity> _affinities = new(StringComparer.Ordinal);

    /// <summary>The ledger of these limits.</summary>
    public InMemoryBudgetLedger Ledger(IEnumerable<BudgetLimit> budgets, TimeProvider time)
    {
        BudgetLimit[] limits = [.. budgets];

        // The culture of a request must not make budgets of its own.
        string key = string.Join('|', limits.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Dollars} {l.Window.Ticks}")));
        return _ledgers.GetOrAdd(key, static (_, made) => new(made.limits, made.time), (limits, time));
    }

    /// <summary>The circuit of a model. The settings of the first pipeline hold.</summary>
    public Circuit Circuit(string model, CircuitOptions options, TimeProvider time) =>
        _circuits.GetOrAdd(model, static (_, made) => new(made.options, made.time), (options, time));

    /// <summary>The circuits that are shared through a store. The clock and the log of the first pipeline hold.</summary>
    public SharedCircuits Shared(ICircuitStore store, TimeProvider time, ILogger logger) =>
        _shared.GetOrAdd(store, static (store, made) => new(store, made.time, made.logger), (time, logger));

    /// <summary>The verdicts in pipelines of these models, which are known by their places.</summary>
    public VerifierWorth.History Verdicts(ModelProfile[] models, int uninformativeAfter) => _verdicts.GetOrAdd($"{uninformativeAfter}|{Names(models)}", static _ => new());

    /// <summary>The affinities among these models, which it knows by their places.</summary>
    public ModelAffinity Affinity(ModelProfile[] models) => _affinities.GetOrAdd(Names(models), static _ => new());

    /// <summary>A part that pipelines of these models share, such as a learner. The part of the first pipeline holds.</summary>
    /// <param name="models">The models.</param>
    /// <param name="make">Makes the part.</param>
    /// <param name="variant">Tells apart several parts of one type.</param>
    public T Part<T>(ModelProfile[] models, Func<T> make, string variant = "")
        where T : class => (T)_parts.GetOrAdd((typeof(T), $"{Names(models)}|{variant}"), static (_, make) => new(make), make).Value;

    private static string Names(ModelProfile[] models) => string.Join('|', models.Select(m => m.Name));
}
