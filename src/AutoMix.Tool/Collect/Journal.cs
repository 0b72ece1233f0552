using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace AutoMix.Tool.Collect;

/// <summary>
/// The append-only record of all calls. A line is a checksum (CRC-32, eight hexadecimal digits), a space and one JSON object. What was
/// cut off at the end by a kill is removed when the file is opened again; damage anywhere else is an error, because what was paid for
/// stands there. Safe for concurrent use.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int ChecksumLength = 9;
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);
    private readonly FileStream _file;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CallRecord> _answered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, decimal> _unanswered = new(StringComparer.Ordinal);

    private Journal(FileStream file) => _file = file;

    /// <summary>The dollars of all calls so far.</summary>
    public decimal Spent { get; private set; }

    /// <summary>Calls that were under way when an earlier run ended, and may have been paid for.</summary>
    public int UnderWay { get; private set; }

    /// <summary>The most that <see cref="UnderWay"/> can have cost.</summary>
    public decimal UnderWayCost { get; private set; }

    /// <exception cref="IOException">The file cannot be written, or another process has it open.</exception>
    /// <exception cref="FormatException">The file is damaged before its last line.</exception>
    public static Journal Open(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException($"The journal '{path}' cannot be opened for writing. Is another collection at work on it? ({e.Message})", e);
        }

        var journal = new Journal(file);
        try
        {
            journal.ReadAll(path);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return journal;
    }

    public bool TryFind(string key, out CallRecord record)
    {
        lock (_gate)
        {
            return _answered.TryGetValue(key, out record!);
        }
    }

    /// <summary>Notes that a call is about to be made.</summary>
    public void Start(string key, decimal atMost) => Append(new JournalEntry { Starting = key, AtMost = atMost });

    /// <summary>Notes that the provider refused it.</summary>
    public void Refuse(string key) => Append(new JournalEntry { Refused = key });

    /// <summary>Keeps what came back. On return the operating system has it, so that a kill of this process cannot lose it.</summary>
    public void Add(CallRecord record) => Append(new JournalEntry { Answered = record });

    public void Dispose() => _file.Dispose();

    private void Append(JournalEntry entry)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(entry, JournalJson.Default.JournalEntry);
        byte[] line = [.. Encoding.ASCII.GetBytes(Checksum(json)), (byte)' ', .. json, (byte)'\n'];
        lock (_gate)
        {
            _file.Write(line);
            Take(entry);
        }
    }

    private void ReadAll(string path)
    {
        long whole = 0;
        int number = 0;
        var lines = new BufferedStream(_file, 1 << 16);
        var line = new MemoryStream();
        for (int next = lines.ReadByte(); next >= 0; next = lines.ReadByte())
        {
            if (next != '\n')
            {
                line.WriteByte((byte)next);
                continue;
            }

            number++;
            Take(Parse(line.GetBuffer().AsSpan(0, (int)line.Length)) ?? throw new FormatException(
                $"{path}, line {number}: the checksum is wrong, so what was paid for there is lost. Restore the file, or remove that line to ask again."));
            whole += line.Length + 1;
            line.SetLength(0);
        }

        // A line without an end was being written when the process was killed, or lost its end to an editor: then its checksum is right.
        ReadOnlySpan<byte> tail = line.GetBuffer().AsSpan(0, (int)line.Length);
        if (Parse(tail) is { } last)
        {
            Take(last);
            whole += tail.Length + 1;
            _file.Seek(0, SeekOrigin.End);
            _file.WriteByte((byte)'\n');
        }
        else if (number == 0 && !Begins(tail))
        {
            throw new FormatException($"{path} is no journal. Give the file that 'automix collect' keeps, or a new one.");
        }

        _file.SetLength(whole);
        _file.Seek(0, SeekOrigin.End);
        UnderWay = _unanswered.Count;
        UnderWayCost = _unanswered.Values.Sum();
    }

    private void Take(JournalEntry entry)
    {
        if (entry.Starting is { } key)
        {
            _unanswered[key] = entry.AtMost;
        }

        if (entry.Refused is { } refused)
        {
            _unanswered.Remove(refused);
        }

        if (entry.Answered is { } record)
        {
            _unanswered.Remove(record.Key);
            _answered[record.Key] = record;
            Spent += record.Cost ?? 0;
        }
    }

    // Whether it may be the beginning of a line: hexadecimal digits, as far as they go.
    private static bool Begins(ReadOnlySpan<byte> line) => !line[..Math.Min(line.Length, ChecksumLength - 1)].ContainsAnyExcept(HexDigits);

    private static JournalEntry? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length <= ChecksumLength || line[ChecksumLength - 1] != ' ' || Encoding.ASCII.GetString(line[..(ChecksumLength - 1)]) != Checksum(line[ChecksumLength..]))
        {
            return null;
        }

        return JsonSerializer.Deserialize(line[ChecksumLength..], JournalJson.Default.JournalEntry);
    }

    private static string Checksum(ReadOnlySpan<byte> json) => Crc32.HashToUInt32(json).ToString("x8", CultureInfo.InvariantCulture);
}
