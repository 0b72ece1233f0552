using AutoMix.Stores;
using Microsoft.Extensions.Time.Testing;

namespace AutoMix.Tests.Stores;

public sealed class InMemoryCircuitStoreTests : CircuitStoreContract
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryCircuitStore _store;

    public InMemoryCircuitStoreTests() => _store = new(_time);

    protected override ICircuitStore Connect() => _store;

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class InMemoryCountStoreTests : CountStoreContract
{
    private readonly InMemoryCountStore _store = new();

    protected override ICountStore Connect() => _store;
}

public sealed class InMemoryPlanStoreTests : PlanStoreContract
{
    private readonly InMemoryPlanStore _store = new();

    protected override IPlanStore Connect() => _store;
}

public sealed class InMemoryLeaseStoreTests : LeaseStoreContract
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryLeaseStore _store;

    public InMemoryLeaseStoreTests() => _store = new(_time);

    protected override ILeaseStore Connect() => _store;

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class InMemoryBudgetLedgerTests : BudgetLedgerContract
{
    private readonly FakeTimeProvider _time = new();
    private InMemoryBudgetLedger? _ledger;

    protected override IBudgetLedger Connect(int units = 100) =>
        LazyInitializer.EnsureInitialized(ref _ledger, () => new([new() { Dollars = 1m, Window = units * Unit }], _time));

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
