using System.Text;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Traces;

/// <summary>RouterBench's table, one column per model and kind of figure.</summary>
public sealed class WideTraceTests
{
    private const string Header = "sample_id,prompt,eval_name,big/model,small,big/model|model_response,small|model_response,big/model|total_cost,small|total_cost,oracle_model_to_route_to\n";
    private const string First = "mmlu.1,\"What, then?\nSay \"\"why\"\".\",mmlu,1.0,0.25,\"['A']\",['B'],0.002,0.0001,small\n";
    private const string Second = "mmlu.2,Short,mmlu,False,True,A,A,0.004,0.0003,big/model\n";

    [Fact]
    public void Read_Csv_GivesEveryFieldThroughQuotesCommasAndLineBreaks()
    {
        TraceRecord[] records = [.. Read(Header + First + Second)];
        records.Select(record => record.Id).Should().Equal("mmlu.1", "mmlu.2");
        records[0].Prompt.Should().Be("What, then?\nSay \"why\".");
        records[0].Dataset.Should().Be("mmlu");
        records[0].Answers.Should().Equal(
            new TraceAnswer { Model = "big/model", Answer = "['A']", Quality = 1, AnswerCost = 0.002 },
            new TraceAnswer { Model = "small", Answer = "['B']", Quality = 0.25, AnswerCost = 0.0001 });
        records[1].Answers.Select(answer => answer.Quality).Should().Equal(0, 1);
        Read((Header + Second).Replace("\n", "\r\n", StringComparison.Ordinal)).Should().ContainSingle();
    }

    [Fact]
    public void Read_JsonLines_GivesTheSameRecords()
    {
        const string line = """{"sample_id":"mmlu.2","prompt":"Short","eval_name":"mmlu","big/model":false,"small":1,"big/model|model_response":"A","small|model_response":"A","big/model|total_cost":0.004,"small|total_cost":3e-4}""";
        Read(line).Single().Should().BeEquivalentTo(Read(Header + Second).Single());
    }

    [Fact]
    public void TableRead_ModelsInAnyOrder_ComeCheapestFirst()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, Header + First + Second);
            TraceTable table = TraceTable.Read(path);
            table.Models.Should().Equal("small", "big/model");
            table.Quality(0, 0).Should().Be(0.25);
            table.AnswerCost(1, 1).Should().Be(0.004);
            table.SameAs(1, 1).Should().Be(0);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("sample_id,prompt\n", 1, "0 models")]
    [InlineData("sample_id,a,a|model_response\n", 1, "'a|total_cost' is missing")]
    [InlineData("sample_id,a,a,a|total_cost\n", 1, "twice")]
    [InlineData(Header, 0, "no record")]
    [InlineData(Header + First + "\n", 4, "empty")]
    [InlineData(Header + First + "x,y\n", 4, "2 fields")]
    [InlineData(Header + First + "\"open,y\n", 4, "never closed")]
    [InlineData(Header + First + First, 4, "used before")]
    [InlineData(Header + ",p,e,1,1,A,A,1,1,o\n", 2, "'sample_id' is empty")]
    [InlineData(Header + "i,p,e,1,1.5,A,A,1,1,o\n", 2, "'small' is '1.5'")]
    [InlineData(Header + "i,p,e,1,,A,A,1,1,o\n", 2, "'small' is ''")]
    [InlineData(Header + "i,p,e,1,1,A,A,-1,1,o\n", 2, "'big/model|total_cost' is '-1'")]
    [InlineData(Header + "i,p,e,1,1,A,A,NaN,1,o\n", 2, "'big/model|total_cost' is 'NaN'")]
    [InlineData("{\"sample_id\":\"i\",\"a\":1,\"a|total_cost\":1}\n{\"sample_id\":\"j\",\"a\":1}\n", 2, "'a|total_cost' is missing")]
    public void Read_Broken_NamesTheLineAndTheColumn(string text, long line, string problem) =>
        ((Action)(() => Read(text).Count())).Should().Throw<TraceFormatException>().Where(e => e.Line == line && e.Message.Contains(problem));

    [Fact]
    public void Default_WithoutAnyConfidence_IsTrainedOnAWideTable()
    {
        var random = new Random(4);
        string rows = string.Concat(Enumerable.Range(0, 200).Select(i =>
        {
            bool small = random.NextDouble() < 0.6;
            return $"r{i},p,e,{(small || random.NextDouble() < 0.7 ? 1 : 0)},{(small ? 1 : 0)},A,{(small ? "A" : "B")},0.002,0.0001,o\n";
        }));
        TraceTable table = TraceTable.From(Read(Header + rows)).CheapestFirst();
        TrainedFamily trained = PolicyRegistry.Get("default").Train(table);
        Candidate.Measure(trained.For(Goal.KeepQuality(0.95)), table).Quality.Should().BeGreaterThan(0.9 * Enumerable.Range(0, 200).Average(row => table.Quality(row, 1)));
    }

    private static IEnumerable<TraceRecord> Read(string text) => TraceReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));
}
