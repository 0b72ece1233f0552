using System.IO.Compression;
using System.Text;

namespace AutoMix.Tool;

/// <summary>Files as they come from elsewhere: cut off, in other encodings, with numbers that are none.</summary>
public sealed class HostileInputTests : IDisposable
{
    private const string Good = """{"id":"a","prompt":"p","models":[{"model":"m","answer":"x","correct":true,"confidence":0.5}]}""";
    private readonly ToolRun _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("""{"id":"a","models":[{"model":"m","answer":"x","correct":true,"confidence":0.5}]}""", "used before")]
    [InlineData("""{"id":"b","models":[{"model":"m","answer":"x","correct":true,"confidence":NaN}]}""", "not valid JSON")]
    [InlineData("""{"id":"b","models":[{"model":"m","answer":"x","correct":true,"confidence":"NaN"}]}""", "confidence")]
    [InlineData("""{"id":"b","models":[{"model":"m","answer":"x","correct":true,"confidence":1e999}]}""", "confidence")]
    [InlineData("""{"id":"b","models":[{"model":"other","answer":"x","correct":true}]}""", "models")]
    [InlineData("{\"id\":\"b\",\"models\":[{\"model\":\"m\",\"answer\":\"caf\xe9\",\"correct\":true}]}", "UTF-8")]
    public void Inspect_SecondLineIsHostile_NamesItAndWhatIsWrong(string line, string named)
    {
        string path = _files.Path("traces.jsonl");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes($"{Good}\n{line}\n"));
        (int exit, _, string error) = ToolRun.Run("inspect", path);
        exit.Should().Be(ExitCodes.BadInput);
        error.Should().Contain("line 2").And.Contain(named);
        error.Trim().Should().NotContain("\n");
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("convert", "--from", "litellm", "--reference-model", "m", "--output", "out.jsonl", "--input")]
    public void Read_GzipCutOff_IsAnErrorAndNoShorterFile(params string[] command)
    {
        string path = _files.Path("traces.jsonl.gz");
        using (var compressed = new MemoryStream())
        {
            using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 500).Select(i => Good.Replace("\"a\"", $"\"{i}\"", StringComparison.Ordinal)))));
            }

            File.WriteAllBytes(path, compressed.ToArray()[..^20]);
        }

        (int exit, _, string error) = ToolRun.Run([.. command.Select(word => word == "out.jsonl" ? _files.Path(word) : word), path]);
        exit.Should().Be(ExitCodes.BadInput);
        error.Should().Contain("cut off");
    }

    [Fact]
    public void Read_TenTimesTheTrace_KeepsNoMoreMemory()
    {
        long small = KeptWhileReading(40);
        long large = KeptWhileReading(400);
        (large - small).Should().BeLessThan(4 << 20, "400 records of 100 kB are 40 MB");
    }

    private static long KeptWhileReading(int records)
    {
        long most = 0;
        int count = 0;
        foreach (TraceRecord _ in TraceReader.Read(new GeneratedTrace(records)))
        {
            if (++count % 20 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        count.Should().Be(records);
        return most;
    }

    /// <summary>Lines that are made as they are read.</summary>
    private sealed class GeneratedTrace(int records) : ForwardStream
    {
        private readonly string _filler = new('x', 100_000);
        private byte[] _line = [];
        private int _given;
        private int _made;

        public override int Read(Span<byte> buffer)
        {
            if (_given == _line.Length)
            {
                if (_made == records)
                {
                    return 0;
                }

                _line = Encoding.UTF8.GetBytes(Good.Replace("\"a\"", $"\"{_made++}\"", StringComparison.Ordinal).Replace("\"p\"", $"\"{_filler}\"", StringComparison.Ordinal) + "\n");
                _given = 0;
            }

            int read = Math.Min(buffer.Length, _line.Length - _given);
            _line.AsSpan(_given, read).CopyTo(buffer);
            _given += read;
            return read;
        }
    }
}
