namespace AutoMix.Tool.Collect;

public sealed class JournalTests : IDisposable
{
    private readonly ToolRun _files = new();

    private string Path => _files.Path("journal");

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Open_AfterAKillAtAnyByte_HasEveryWholeRecordAndGoesOn()
    {
        using (Journal journal = Journal.Open(Path))
        {
            journal.Start("a", 1);
            journal.Add(Record("a"));
            journal.Add(Record("b"));
        }

        byte[] whole = File.ReadAllBytes(Path);
        int[] ends = [.. Enumerable.Range(0, whole.Length).Where(i => whole[i] == '\n').Select(i => i + 1)];

        // A line is whole from its last character on: its checksum says so, whether or not the end of the line follows.
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            using (Journal cut = Journal.Open(Path))
            {
                cut.TryFind("a", out _).Should().Be(length >= ends[1] - 1, $"{length} bytes were written");
                cut.TryFind("b", out _).Should().Be(length >= ends[2] - 1);
                cut.UnderWay.Should().Be(length >= ends[0] - 1 && length < ends[1] - 1 ? 1 : 0);
                cut.Add(Record("c"));
            }

            using Journal again = Journal.Open(Path);
            again.TryFind("c", out CallRecord kept).Should().BeTrue();
            kept.Should().BeEquivalentTo(Record("c"));
        }
    }

    [Fact]
    public void Open_DamageBeforeTheEnd_IsRefusedByLine()
    {
        using (Journal journal = Journal.Open(Path))
        {
            journal.Add(Record("a"));
            journal.Add(Record("b"));
        }

        File.WriteAllText(Path, File.ReadAllText(Path).Replace("\"key\":\"a\"", "\"key\":\"z\"", StringComparison.Ordinal));
        Action open = () => Journal.Open(Path).Dispose();
        open.Should().Throw<FormatException>().WithMessage("*line 1*");
    }

    [Fact]
    public void Open_AFileThatIsNoJournal_IsRefusedAndStaysAsItIs()
    {
        File.WriteAllText(Path, "{\"id\":\"q1\"}");
        Action open = () => Journal.Open(Path).Dispose();
        open.Should().Throw<FormatException>().WithMessage("*no journal*");
        File.ReadAllText(Path).Should().Be("{\"id\":\"q1\"}");
    }

    [Fact]
    public void Open_WhileAnotherHasIt_IsRefused()
    {
        using Journal first = Journal.Open(Path);
        Action second = () => Journal.Open(Path).Dispose();
        second.Should().Throw<IOException>().WithMessage("*another collection*");
    }

    [Fact]
    public void UnderWayCost_OfCallsWithoutAnEnd_CountsWhatTheyCanHaveCost()
    {
        using (Journal journal = Journal.Open(Path))
        {
            journal.Start("lost", 0.25m);
            journal.Start("refused", 0.5m);
            journal.Refuse("refused");
            journal.Start("answered", 1);
            journal.Add(Record("answered"));
        }

        using Journal again = Journal.Open(Path);
        again.UnderWay.Should().Be(1);
        again.UnderWayCost.Should().Be(0.25m);
        again.Spent.Should().Be(0.001m);
    }

    private static CallRecord Record(string key) =>
        new() { Key = key, Question = "q\n1", Model = "small", Purpose = CallPurpose.Answer, Text = "line\nbreak", InputTokens = 3, Cost = 0.001m, Milliseconds = 12.5 };
}
