using System.IO.Compression;
using System.Text;

namespace AutoMix.Core.Tests.Traces;

public sealed class TraceReaderTests
{
    private const string Good = """{"id":"q1","models":[{"model":"s","answer":"A","correct":true,"confidence":0.5,"input_tokens":10,"output_tokens":1,"answer_cost_usd":1e-6,"verify_cost_usd":2e-6,"latency_ms":1500},{"model":"l","answer":"B","correct":0.25}]}""";
    private static readonly string GoodTwo = Good.Replace("q1", "q2", StringComparison.Ordinal);

    [Fact]
    public void Read_PlainLines_GivesEveryField()
    {
        TraceRecord record = Read(Good).Single();
        record.Id.Should().Be("q1");
        record.Answers[0].Should().Be(new TraceAnswer
        {
            Model = "s",
            Answer = "A",
            Quality = 1,
            Confidence = 0.5,
            InputTokens = 10,
            OutputTokens = 1,
            AnswerCost = 1e-6,
            VerifyCost = 2e-6,
            Seconds = 1.5,
        });
        record.Answers[1].Quality.Should().Be(0.25);
        record.Answers[1].Confidence.Should().BeNull();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Read_AnyLineEnding_WithAndWithoutTheLastOne_GivesAllRecords(string newLine)
    {
        Read(Good + newLine + GoodTwo).Should().HaveCount(2);
        Read(Good + newLine + GoodTwo + newLine).Should().HaveCount(2);
        Read("\uFEFF" + Good + newLine + GoodTwo + newLine).Should().HaveCount(2);
    }

    [Fact]
    public void Read_Gzip_IsRecognisedByItsBytes()
    {
        TraceReader.Read(new MemoryStream(Gzip(Good + "\n" + GoodTwo))).Should().HaveCount(2);
    }

    [Fact]
    public void Read_LineLongerThanTheBuffer_IsReadWhole()
    {
        string text = new('x', 300_000);
        string line = """{"id":"q1","prompt":"PROMPT","models":[{"model":"s","answer":"A","correct":true}]}""".Replace("PROMPT", text, StringComparison.Ordinal);
        Read(line + "\n" + line.Replace("q1", "q2", StringComparison.Ordinal)).Select(r => r.Prompt).Should().Equal(text, text);
    }

    [Theory]
    [InlineData("", 0, "no record")]
    [InlineData("\n", 1, "empty")]
    [InlineData("sample_id,a,a|total_cost\n\"1,never closed", 2, "never closed")]
    [InlineData("nonsense", 1, "one JSON object on each line")]
    [InlineData("id,question,correct", 1, "NAME|total_cost")]
    [InlineData("{nonsense", 1, "not valid JSON")]
    [InlineData("[]", 1, "JSON object")]
    [InlineData("""{"id":"q1"}""", 1, "'models'")]
    [InlineData("""{"id":"q1","models":[]}""", 1, "'models'")]
    [InlineData("""{"models":[{"model":"s","answer":"A","correct":true}]}""", 1, "'id' is missing")]
    [InlineData("""{"id":"q1","models":[{"answer":"A","correct":true}]}""", 1, "'models[0].model' is missing")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A"}]}""", 1, "'models[0].correct' is missing")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A","correct":"yes"}]}""", 1, "'models[0].correct' is \"yes\"")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A","correct":2}]}""", 1, "'models[0].correct' is 2")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A","correct":true,"confidence":NaN}]}""", 1, "not valid JSON")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A","correct":true,"confidence":"NaN"}]}""", 1, "'models[0].confidence' is \"NaN\"")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A","correct":true,"confidence":1.2}]}""", 1, "'models[0].confidence' is 1.2")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A","correct":true,"answer_cost_usd":-1}]}""", 1, "'models[0].answer_cost_usd' is -1")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A","correct":true,"input_tokens":1.5}]}""", 1, "'models[0].input_tokens' is 1.5")]
    [InlineData("""{"id":"q1","models":[{"model":"s","answer":"A","correct":true},{"model":"s","answer":"A","correct":true}]}""", 1, "'s' is listed twice")]
    [InlineData(Good + "\n" + Good, 2, "'q1' has been used before")]
    [InlineData(Good + "\n\n" + Good, 2, "empty")]
    [InlineData(Good + "\n{\"id\":\"q2\",\"models\":[{\"model\":\"other\",\"answer\":\"A\",\"correct\":true}]}", 2, "[other]")]
    [InlineData(Good + "{}", 1, "not valid JSON")]
    public void Read_BrokenInput_NamesFileLineAndProblem(string text, long line, string problem)
    {
        TraceFormatException error = ((Action)(() => Read(text).ToList())).Should().Throw<TraceFormatException>().Which;
        error.Line.Should().Be(line);
        error.FileName.Should().Be("trace stream");
        error.Message.Should().StartWith("trace stream").And.Contain(problem);
    }

    [Fact]
    public void Read_GzipCutOff_IsAnError()
    {
        byte[] whole = Gzip(string.Concat(Enumerable.Range(0, 2000).Select(i => Good.Replace("q1", $"q{i}", StringComparison.Ordinal) + "\n")));
        ((Action)(() => TraceReader.Read(new MemoryStream(whole[..(whole.Length / 2)])).ToList())).Should().Throw<TraceFormatException>();
    }

    [Fact]
    public void Read_GzipFlushedAtALineEndButNeverFinished_IsAnError()
    {
        var cut = new MemoryStream();
        var gzip = new GZipStream(cut, CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(Good + "\n"));
        gzip.Flush();
        byte[] withoutTrailer = cut.ToArray();
        ((Action)(() => TraceReader.Read(new MemoryStream(withoutTrailer)).ToList())).Should().Throw<TraceFormatException>().WithMessage("*cut off*");
    }

    [Fact]
    public void Read_GzipOfSeveralMembers_GivesAllRecords() =>
        TraceReader.Read(new MemoryStream([.. Gzip(Good + "\n"), .. Gzip(GoodTwo + "\n")])).Should().HaveCount(2);

    [Fact]
    public void Read_BytesThatAreNoUtf8_IsAnError()
    {
        byte[] bytes = Encoding.Latin1.GetBytes(Good.Replace("\"A\"", "\"\u00E9\"", StringComparison.Ordinal));
        ((Action)(() => TraceReader.Read(new MemoryStream(bytes)).ToList())).Should().Throw<TraceFormatException>();
    }

    [Fact]
    public void Read_MissingFile_NamesThePath()
    {
        ((Action)(() => TraceReader.Read("nowhere.jsonl"))).Should().Throw<FileNotFoundException>().WithMessage("*nowhere.jsonl*");
    }

    [TracesTheory]
    [InlineData("mmlu.llama.train", 285, 5)]
    [InlineData("triviaqa.qwen_oai.test", 1000, 4)]
    public void Read_RecordedTraces_GivesEveryLine(string name, int records, int models)
    {
        RecordedTraces.Read(name).Should().HaveCount(records).And.OnlyContain(r => r.Answers.Count == models);
    }

    private static IEnumerable<TraceRecord> Read(string text) => TraceReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static byte[] Gzip(string text)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return compressed.ToArray();
    }
}
