using AutoMix.Stores;

namespace AutoMix;

/// <summary>The stores of a learner. Processes that share them learn as one.</summary>
/// <param name="Counts">The store of the evidence.</param>
/// <param name="Plans">The store of the plans.</param>
/// <param name="Leases">The store of the lease that lets one process make plans.</param>
internal sealed record LearningStores(ICountStore Counts, IPlanStore Plans, ILeaseStore Leases)
{
    public static LearningStores InMemory(TimeProvider time) => new(new InMemoryCountStore(time), new InMemoryPlanStore(), new InMemoryLeaseStore(time));

    public static LearningStores In(string folder, TimeProvider time) => new(new FileCountStore(folder, time), new FilePlanStore(folder, timeProvider: time), new FileLeaseStore(folder, time));
}
