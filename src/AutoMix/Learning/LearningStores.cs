using AutoMix.Stores;

namespace AutoMix;

/// <summary>Where a learner keeps what it learns, and what makes many processes one.</summary>
/// <param name="Counts">The evidence.</param>
/// <param name="Plans">The plans.</param>
/// <param name="Leases">Who makes them.</param>
internal sealed record LearningStores(ICountStore Counts, IPlanStore Plans, ILeaseStore Leases)
{
    public static LearningStores InMemory(TimeProvider time) => new(new InMemoryCountStore(time), new InMemoryPlanStore(), new InMemoryLeaseStore(time));

    public static LearningStores In(string folder, TimeProvider time) => new(new FileCountStore(folder, time), new FilePlanStore(folder, timeProvider: time), new FileLeaseStore(folder, time));
}
