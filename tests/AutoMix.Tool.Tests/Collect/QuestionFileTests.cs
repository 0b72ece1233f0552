using Parquet.Serialization;

namespace AutoMix.Tool.Collect;

public sealed class QuestionFileTests : IDisposable
{
    private readonly ToolRun _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Read_JsonLines_TakesEverythingThatIsThere()
    {
        IReadOnlyList<Question> questions = await ReadAsync(
            "q.jsonl",
            """
            {"id":"a","system":"S","prompt":"P","reference":["x","y"],"dataset":"d","split":"test"}
            {"question":"Q","reference":7}
            """);
        questions[0].Should().BeEquivalentTo(new Question("a", "S", "P", ["x", "y"], "d", "test"));
        questions[1].Should().BeEquivalentTo(new Question("2", "", "Q", ["7"], "", ""));
    }

    [Fact]
    public async Task Read_Csv_UnderstandsQuotesAndLineBreaks()
    {
        IReadOnlyList<Question> questions = await ReadAsync("q.csv", "id,prompt,reference\n1,\"Say \"\"hi\"\",\nplease\",hi\n2,Bye?,bye\n");
        questions.Should().HaveCount(2);
        questions[0].Prompt.Should().Be("Say \"hi\",\nplease");
        questions[1].References.Should().Equal("bye");
    }

    [Fact]
    public async Task Read_Parquet_TakesTheSameColumns()
    {
        string path = _files.Path("q.parquet");
        await ParquetSerializer.SerializeAsync<ParquetQuestion>([new() { id = 3, prompt = "P", reference = "R" }, new() { id = 4, prompt = "Q", reference = "S" }], path);
        IReadOnlyList<Question> questions = await QuestionFile.ReadAsync(path, CancellationToken.None);
        questions.Select(question => (question.Id, question.Prompt, question.References[0])).Should().Equal(("3", "P", "R"), ("4", "Q", "S"));
    }

    [Theory]
    [InlineData("{\"prompt\":\"a\"}\n{broken", "row 2")]
    [InlineData("{\"prompt\":\"a\"}\n[1]", "row 2")]
    [InlineData("{\"prompt\":\"\"}", "prompt")]
    [InlineData("{\"id\":\"x\",\"prompt\":\"a\"}\n{\"id\":\"x\",\"prompt\":\"b\"}", "'x'")]
    [InlineData("", "no question")]
    public async Task Read_WhatIsNoQuestion_NamesTheRow(string text, string named)
    {
        Func<Task> read = () => ReadAsync("q.jsonl", text);
        await read.Should().ThrowAsync<FormatException>().WithMessage($"*{named}*");
    }

    [Fact]
    public async Task Read_Latin1_AsksForUtf8()
    {
        string path = _files.Path("q.jsonl");
        await File.WriteAllBytesAsync(path, "{\"prompt\":\"caf\xe9\"}"u8.ToArray().Where(b => b != 0xC3).Select(b => b == 0xA9 ? (byte)0xE9 : b).ToArray());
        Func<Task> read = () => QuestionFile.ReadAsync(path, CancellationToken.None);
        await read.Should().ThrowAsync<FormatException>().WithMessage("*UTF-8*");
    }

    private Task<IReadOnlyList<Question>> ReadAsync(string name, string text)
    {
        File.WriteAllText(_files.Path(name), text);
        return QuestionFile.ReadAsync(_files.Path(name), CancellationToken.None);
    }

#pragma warning disable IDE1006, CA1812 // Columns are named in lower case.
    internal sealed class ParquetQuestion
    {
        public int id { get; set; }

        public string? prompt { get; set; }

        public string? reference { get; set; }
    }
#pragma warning restore IDE1006, CA1812
}
