using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class BatchSchedulerTests
{
    private static readonly TraceTable Table = Synthetic.Table(400);
    private static readonly BatchCostModel Model = BatchCostModel.Fit(Table);
    private static readonly BatchRequest[] Requests = Of(Synthetic.Table(60, seed: 5));

    [Fact]
    public void Plan_QualityAsked_IsReachedAtNoMoreThanAnySingleModelThatReachesIt()
    {
        foreach (double quality in (double[])[0.5, 0.6, 0.7, 0.8])
        {
            BatchSchedule schedule = BatchScheduler.Plan(Requests, Model, new BatchOptions { MinQuality = quality });
            schedule.ExpectedQuality.Should().BeGreaterThanOrEqualTo(quality);
            for (int m = 0; m < 3; m++)
            {
                if (Requests.Average(r => Model.Quality(r, m)) >= quality)
                {
                    schedule.ExpectedDollars.Should().BeLessThanOrEqualTo(Requests.Sum(r => Model.Dollars(r, m)) + 1e-9);
                }
            }
        }
    }

    [Fact]
    public void Plan_SixRequests_IsAsCheapAsBruteForce()
    {
        BatchRequest[] six = Requests[..6];
        const double Quality = 0.72;
        double best = double.PositiveInfinity;
        for (int code = 0; code < 729; code++)
        {
            int[] models = [.. Enumerable.Range(0, 6).Select(r => code / (int)Math.Pow(3, r) % 3)];
            if (models.Select((m, r) => Model.Quality(six[r], m)).Average() >= Quality)
            {
                best = Math.Min(best, models.Select((m, r) => Model.Dollars(six[r], m)).Sum());
            }
        }

        // The relaxation is off by less than the price of one request.
        double planned = BatchScheduler.Plan(six, Model, new BatchOptions { MinQuality = Quality }).ExpectedDollars;
        planned.Should().BeInRange(best - 1e-9, best + six.Max(r => Model.Dollars(r, 2)));
    }

    [Fact]
    public void Plan_TimeIsWorthMuch_FinishesEarlierAtTheSameQuality()
    {
        var slots = new[] { 1, 1, 1 };
        BatchSchedule cheap = BatchScheduler.Plan(Requests, Model, new BatchOptions { MinQuality = 0.5, Slots = slots });
        BatchSchedule fast = BatchScheduler.Plan(Requests, Model, new BatchOptions { MinQuality = 0.5, Slots = slots, DollarsPerSecond = 10 });
        fast.ExpectedSeconds.Should().BeLessThan(0.8 * cheap.ExpectedSeconds);
        fast.ExpectedQuality.Should().BeGreaterThanOrEqualTo(0.5);
        fast.ExpectedDollars.Should().BeGreaterThanOrEqualTo(cheap.ExpectedDollars);
    }

    [Fact]
    public void Makespan_LongestFirstOnTwoSlots_IsTheKnownOne()
    {
        var schedule = new BatchSchedule([0, 0, 0, 0], [[0, 1, 2, 3]], 1, 0, 0);
        double[] seconds = [5, 4, 3, 2];
        BatchScheduler.Makespan(schedule, [2], r => seconds[r]).Should().Be(7);
        BatchScheduler.Makespan(schedule, [1], r => seconds[r]).Should().Be(14);
        BatchScheduler.Makespan(schedule, [4], r => seconds[r]).Should().Be(5);
    }

    [TracesFact]
    public void Plan_RecordedBatch_TurnsOutAsSimulated()
    {
        TraceTable train = TraceTable.From(RecordedTraces.Read("mmlu.llama.train"));
        TraceTable test = TraceTable.From(RecordedTraces.Read("mmlu.llama.test"));
        BatchSchedule schedule = BatchScheduler.Plan(Of(test), BatchCostModel.Fit(train), new BatchOptions { MinQuality = 0.75, DollarsPerSecond = 0.001, Slots = [4, 4, 4, 4, 4] });
        double quality = Enumerable.Range(0, test.RowCount).Average(row => test.Quality(row, schedule.Models[row]));
        double dollars = Enumerable.Range(0, test.RowCount).Sum(row => test.AnswerCost(row, schedule.Models[row]));
        double seconds = BatchScheduler.Makespan(schedule, [4, 4, 4, 4, 4], row => test.Seconds(row, schedule.Models[row]));
        quality.Should().BeGreaterThan(0.72);
        dollars.Should().BeApproximately(schedule.ExpectedDollars, 0.1 * schedule.ExpectedDollars);
        seconds.Should().BeApproximately(schedule.ExpectedSeconds, 0.35 * schedule.ExpectedSeconds);
    }

    private static BatchRequest[] Of(TraceTable table) =>
        [.. Enumerable.Range(0, table.RowCount).Select(row => new BatchRequest(table.Key(row), table.InputTokens(row), table.Embedding(row)))];
}
