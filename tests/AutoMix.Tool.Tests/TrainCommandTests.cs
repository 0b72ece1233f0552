using System.Text.Json;
using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Tool;

public sealed class TrainCommandTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("default")]
    [InlineData("pomdp")]
    [InlineData("threshold")]
    public void Train_WritesAPolicyThatDecidesLikeTheOneTrained(string policy)
    {
        string traces = _tool.Traces("train", 120);
        string plan = _tool.Path("plan.json");
        JsonElement report = ToolRun.Json("train", "--traces", traces, "--output", plan, "--policy", policy, "--keep", "0.97");
        report.GetProperty("policy").GetString().Should().Be(policy);
        report.GetProperty("bestModel").GetString().Should().Be("large");
        JsonElement cost = report.GetProperty("relativeCost");
        cost.GetProperty("low").GetDouble().Should().BeLessThanOrEqualTo(cost.GetProperty("value").GetDouble());
        cost.GetProperty("high").GetDouble().Should().BeGreaterThanOrEqualTo(cost.GetProperty("value").GetDouble());

        TraceTable table = TraceTable.Read(traces);
        ICascadePolicy trained = PolicyRegistry.Get(policy).Train(table).For(Goal.KeepQuality(0.97));
        PolicyEvaluation.Run(PolicyFile.Load(plan), table).Model.Should().Equal(PolicyEvaluation.Run(trained, table).Model);
    }

    [Fact]
    public void Train_FewQueriesAndMissingPrices_Warns()
    {
        string traces = _tool.Traces("few", 30, largeCost: 0);
        JsonElement report = ToolRun.Json("train", "--traces", traces, "--output", _tool.Path("plan.json"));
        string warnings = string.Join('\n', report.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()));
        warnings.Should().Contain("only 30 queries").And.Contain("'large' cost nothing").And.Contain("cheaper than 'small'");
    }

    [Fact]
    public void Train_UninformativeVerifier_WarnsAndSaysHowBad()
    {
        var random = new Random(5);
        string traces = _tool.Path("noise.jsonl");
        File.WriteAllLines(traces, Enumerable.Range(0, 150).Select(row =>
            $$"""{"id":"{{row}}","models":[{"model":"small","answer":"a","correct":{{(random.Next(10) < 7 ? "true" : "false")}},"confidence":0.{{random.Next(100, 1000)}},"answer_cost_usd":0.001,"verify_cost_usd":0.001},{"model":"large","answer":"b","correct":true,"answer_cost_usd":0.01}]}"""));
        JsonElement report = ToolRun.Json("train", "--traces", traces, "--output", _tool.Path("plan.json"), "--policy", "pomdp");
        report.GetProperty("warnings").EnumerateArray().Should().ContainSingle(w => w.GetString()!.Contains("'small' do not tell correct from wrong"));
        report.GetProperty("models")[0].GetProperty("verifier").GetString().Should().Be("Uninformative");
    }

    [Fact]
    public void Train_NothingBeatsTheLargestModel_SaysThatThePlanAsksNobodyElse()
    {
        string traces = _tool.Path("same.jsonl");
        File.WriteAllLines(traces, Enumerable.Range(0, 80).Select(row =>
            $$"""{"id":"{{row}}","models":[{"model":"small","answer":"a","correct":false,"confidence":0.5,"answer_cost_usd":0.001},{"model":"large","answer":"b","correct":true,"answer_cost_usd":0.01}]}"""));
        JsonElement report = ToolRun.Json("train", "--traces", traces, "--output", _tool.Path("plan.json"), "--keep", "1");
        report.GetProperty("warnings").EnumerateArray().Should().ContainSingle(w => w.GetString()!.Contains("asks 'large' for every query"));

        report = ToolRun.Json("train", "--traces", _tool.Traces("train", 120), "--output", _tool.Path("plan.json"), "--keep", "0.97");
        report.GetProperty("warnings").EnumerateArray().Should().NotContain(w => w.GetString()!.Contains("for every query"));
    }

    [Fact]
    public void Train_OlderPlanWithOtherPrices_SaysWhatDrifted()
    {
        string older = _tool.Path("older.json");
        ToolRun.Json("train", "--traces", _tool.Traces("then", 120), "--output", older, "--policy", "pomdp");
        JsonElement report = ToolRun.Json("train", "--traces", _tool.Traces("then", 120, largeCost: 0.0004), "--output", _tool.Path("plan.json"), "--older", older, "--policy", "pomdp");
        report.GetProperty("warnings").EnumerateArray().Should().ContainSingle(w => w.GetString()!.Contains("'large' cost 0.2 dollars") && w.GetString()!.Contains("now 0.4"));
    }

    [Fact]
    public void Train_TwoGoals_IsAUsageErrorAndWritesNothing()
    {
        string plan = _tool.Path("plan.json");
        ToolRun.Run("train", "--traces", _tool.Traces("train", 60), "--output", plan, "--keep", "0.9", "--error-cost", "1").Exit.Should().NotBe(0);
        File.Exists(plan).Should().BeFalse();
    }

    [Fact]
    public void Train_GoalThatCannotBeMet_SaysWhatCanAndWritesNothing()
    {
        string plan = _tool.Path("plan.json");
        (int exit, _, string error) = ToolRun.Run("train", "--traces", _tool.Traces("train", 60), "--output", plan, "--budget-per-1k", "0.0001");
        exit.Should().Be(1);
        error.Should().Contain("the cheapest one spends");
        File.Exists(plan).Should().BeFalse();
    }
}
