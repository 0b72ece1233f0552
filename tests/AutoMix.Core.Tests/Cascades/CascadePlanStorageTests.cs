using System.Text;
using System.Text.Json.Nodes;

namespace AutoMix.Core.Tests.Cascades;

public sealed class CascadePlanStorageTests
{
    private static readonly CascadeModel Trained = CascadeTrainer.Fit(TraceTable.From(SimulatedTraces.Create(3, 150, seed: 21)), new CascadeFitOptions());

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    public void Load_SavedPlan_DecidesAlikeOnRandomHistories(int models)
    {
        CascadeModel model = models == 3 ? Trained : CascadeModel.Fit(CascadeCounts.From(TraceTable.From(SimulatedTraces.Create(models, 150, seed: 22))), new CascadeFitOptions());
        CascadePlan plan = model.Solve(new CascadeObjective(0.2 / model.AnswerCost(models - 1).Dollars));
        CascadePlan loaded = RoundTrip(plan);
        loaded.Solver.Should().Be(plan.Solver);
        loaded.Models.Should().Equal(plan.Models);
        loaded.Objective.Should().Be(plan.Objective);
        loaded.Expected.Should().Be(plan.Expected);
        loaded.Model.Weight.Should().Be(150);
        loaded.Model.Options.Should().Be(model.Options);
        for (int m = 0; m < models; m++)
        {
            loaded.Model.AnswerCost(m).Should().Be(model.AnswerCost(m));
            loaded.Model.VerifyCost(m).Should().Be(model.VerifyCost(m));
            loaded.Model.Trust(m).Should().Be(model.Trust(m));
            loaded.Verification(m).Should().Be(plan.Verification(m)).And.Be(VerificationKind.Paid);
        }

        var random = new Random(1);
        double[] one = new double[models];
        double[] other = new double[models];
        for (int i = 0; i < 1000; i++)
        {
            CascadeHistory history = RandomHistory(models, random);
            loaded.Decide(history).Should().Be(plan.Decide(history));
            plan.TryGetBelief(history, one);
            loaded.TryGetBelief(history, other);
            other.Should().Equal(one);
        }
    }

    [Fact]
    public void For_AnotherGoalAfterLoading_SolvesWithoutTheTraces()
    {
        CascadePlan loaded = RoundTrip(Trained.Solve(Goal.KeepQuality(0.95)));
        loaded.For(Goal.KeepQuality(0.8)).Objective.DollarWeight.Should().BeGreaterThanOrEqualTo(loaded.Objective.DollarWeight);
        loaded.For(Goal.ErrorCosts(0.002)).Objective.DollarWeight.Should().Be(500);
    }

    [Fact]
    public void Save_ToAFile_LeavesNothingElseBehind()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("automix-plan-");
        try
        {
            string path = Path.Combine(folder.FullName, "plan.json");
            CascadePlan plan = Trained.Solve(Goal.KeepQuality(0.9));
            plan.Save(path);
            plan.Save(path);
            folder.GetFiles().Should().ContainSingle();
            CascadePlan.Load(path).Objective.Should().Be(plan.Objective);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("", "not a usable plan")]
    [InlineData("[]", "'schemaVersion'")]
    [InlineData("null", "'schemaVersion'")]
    [InlineData("""{"schemaVersion":1.5}""", "'schemaVersion'")]
    [InlineData("{}", "'schemaVersion'")]
    [InlineData("""{"schemaVersion":2}""", "version 2*version 1*train the plan again")]
    [InlineData("""{"schemaVersion":1}""", "not a usable plan")]
    public void Load_NoPlanOrAnotherVersion_NamesFileAndRemedy(string json, string problem)
    {
        ((Action)(() => CascadePlan.Load(new MemoryStream(Encoding.UTF8.GetBytes(json)), "my-plan.json")))
            .Should().Throw<PlanFormatException>().WithMessage($"my-plan.json: *{problem}*");
    }

    [Theory]
    [InlineData("models.1.name", "\"model0\"")]
    [InlineData("traitWeights", "[1]")]
    [InlineData("correctness.0", "-1")]
    [InlineData("agreementOdds", "[]")]
    [InlineData("confidence", "\"AAAA\"")]
    [InlineData("confidenceBins", "\"\"")]
    [InlineData("actions", "\"AAAA\"")]
    [InlineData("options.bins", "99")]
    [InlineData("objective.dollarWeight", "-1")]
    [InlineData("blend", "[1]")]
    [InlineData("curve.0.accuracy", "\"high\"")]
    [InlineData("correctness", "[0.5]")]
    [InlineData("agreementGrowth", "[1]")]
    [InlineData("traitWeights.0", "-1")]
    [InlineData("agreementOdds.0", "-1")]
    [InlineData("agreementGrowth.0", "-1")]
    [InlineData("members", "[]")]
    [InlineData("members", "[0,3]")]
    [InlineData("members", "[-1,0]")]
    [InlineData("members", "[1,0]")]
    [InlineData("members", "[1,1]")]
    [InlineData("members", "[0,1]")]
    [InlineData("models", "[]")]
    [InlineData("models.0", "null")]
    [InlineData("options", "null")]
    [InlineData("traitWeights", "null")]
    [InlineData("objective.abstainReward", "2")]
    public void Load_DamagedPlan_IsATypedError(string path, string value)
    {
        JsonNode json = JsonNode.Parse(Saved(Trained.Solve(Goal.KeepQuality(0.9))))!;
        string[] steps = path.Split('.');
        JsonNode at = json;
        foreach (string step in steps[..^1])
        {
            at = int.TryParse(step, out int i) ? at[i]! : at[step]!;
        }

        if (int.TryParse(steps[^1], out int last))
        {
            at[last] = JsonNode.Parse(value);
        }
        else
        {
            at[steps[^1]] = JsonNode.Parse(value);
        }

        ((Action)(() => CascadePlan.Load(new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString()))))).Should().Throw<PlanFormatException>();
    }

    [Fact]
    public void Load_MoreHistoriesThanItsBytesCanHold_IsRefusedBeforeMemoryIsTaken()
    {
        CascadeModel ten = CascadeModel.Fit(CascadeCounts.From(TraceTable.From(SimulatedTraces.Create(10, 150, seed: 23))), new CascadeFitOptions());
        JsonNode json = JsonNode.Parse(Saved(ten.Solve(new CascadeObjective(0.2 / ten.AnswerCost(9).Dollars))))!;
        json.AsObject().Remove("members").Should().BeTrue();
        byte[] file = Encoding.UTF8.GetBytes(json.ToJsonString());
        long before = GC.GetAllocatedBytesForCurrentThread();
        ((Action)(() => CascadePlan.Load(new MemoryStream(file)))).Should().Throw<PlanFormatException>().WithMessage("*'actions'*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100 * file.Length);
    }

    [Fact]
    public void Load_PatternsOfMoreModelsThanAreCounted_IsATypedError()
    {
        CascadeModel many = CascadeModel.Fit(CascadeCounts.From(TraceTable.From(SimulatedTraces.Create(CascadeHistory.MaxModels, 20, seed: 24))), new CascadeFitOptions());
        JsonNode json = JsonNode.Parse(Saved(many.Solve(new CascadeObjective(1))))!;
        json["blend"] = new JsonArray(1.0);
        ((Action)(() => CascadePlan.Load(new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString()))))).Should().Throw<PlanFormatException>().WithMessage("*'blend'*");
    }

    [Fact]
    public void Load_MissingFile_NamesThePath() =>
        ((Action)(() => CascadePlan.Load("nowhere.json"))).Should().Throw<FileNotFoundException>().WithMessage("*nowhere.json*");

    [Fact]
    public void Load_ActionsBeforeTheirEndOrBeyondIt_AreATypedError()
    {
        JsonNode json = JsonNode.Parse(Saved(Trained.Solve(Goal.KeepQuality(0.9))))!;
        foreach ((int extra, byte action) in ((int, byte)[])[(-1, 0), (1, 0), (0, ActionCode.Call(3)), (0, ActionCode.Accept(63))])
        {
            byte[] actions = new byte[(int)ExactSolver.IndexFor(Trained).Count + extra];
            actions[5] = action;
            using var packed = new MemoryStream();
            using (var deflate = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest))
            {
                deflate.Write(actions);
            }

            json["actions"] = Convert.ToBase64String(packed.ToArray());
            FluentActions.Invoking(() => CascadePlan.Load(new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString())))).Should().Throw<PlanFormatException>().WithMessage("*'actions'*");
        }
    }

    [Fact]
    public void Expected_WeightThatWasMeasured_IsItsPoint()
    {
        Trained.Curve!.Points.Should().NotBeEmpty();
        foreach (OperatingPoint point in Trained.Curve.Points.Take(3))
        {
            Trained.Solve(new CascadeObjective(point.CostWeight)).Expected.Should().Be(point);
        }

        Trained.Solve(new CascadeObjective(1.2345)).Expected.Should().BeNull();
        RandomCascades.Create(2, 2, seed: 1).Solve(new CascadeObjective(1)).Expected.Should().BeNull();
    }

    private static CascadePlan RoundTrip(CascadePlan plan) => CascadePlan.Load(new MemoryStream(Saved(plan)));

    private static byte[] Saved(CascadePlan plan)
    {
        var stream = new MemoryStream();
        plan.Save(stream);
        return stream.ToArray();
    }

    private static CascadeHistory RandomHistory(int models, Random random)
    {
        var history = new CascadeHistory(models);
        var answered = new List<int>();
        for (int m = 0; m < models; m++)
        {
            if (random.NextDouble() < 0.4 && answered.Count < 7)
            {
                history.RecordAnswer(m, answered.Count > 0 && random.Next(2) == 0 ? answered[random.Next(answered.Count)] : -1);
                answered.Add(m);
                if (random.Next(2) == 0)
                {
                    history.RecordConfidence(m, random.NextDouble());
                }
                else if (random.Next(4) == 0)
                {
                    history.RecordUnknown(m);
                }
            }
            else if (random.Next(6) == 0)
            {
                history.Exclude(m);
            }
        }

        return history;
    }
}
