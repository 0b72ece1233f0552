using System.Globalization;

namespace AutoMix.Quickstart;

/// <summary>The command line.</summary>
internal sealed record QuickstartArguments
{
    public const string Usage = """
        usage: dotnet run --project samples/Quickstart                                   simulated models; no key, no network
               dotnet run --project samples/Quickstart -- --endpoint URL --models a,b,c  any OpenAI-compatible server
               dotnet run --project samples/Quickstart -- --ollama [--models a,b,c]      Ollama on this machine

        --models a,b,c      cheapest first
        --prices 0.15/0.60,2.50/10   dollars per million input/output tokens, one pair for each model
        --key-variable X    the environment variable that holds the key (default: OPENAI_API_KEY)
        --requests N        how many requests to send
        """;

    public Uri? Endpoint { get; private init; }

    public bool Ollama { get; private init; }

    public IReadOnlyList<string> Models { get; private init; } = [];

    public IReadOnlyList<ModelPrice> Prices { get; private init; } = [];

    public string KeyVariable { get; private init; } = "OPENAI_API_KEY";

    public int? Requests { get; private init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">They cannot be read; the message says which and why.</exception>
    public static QuickstartArguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new QuickstartArguments();
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            string Value() => ++i < arguments.Count ? arguments[i] : throw new FormatException($"{name} needs a value.");
            parsed = name switch
            {
                "--endpoint" => parsed with { Endpoint = ReadEndpoint(Value()) },
                "--ollama" => parsed with { Ollama = true },
                "--models" => parsed with { Models = Value().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) },
                "--prices" => parsed with { Prices = [.. Value().Split(',').Select(ReadPrice)] },
                "--key-variable" => parsed with { KeyVariable = Value() },
                "--requests" => parsed with { Requests = ReadCount(Value()) },
                _ => throw new FormatException($"There is no argument '{name}'."),
            };
        }

        return parsed.Checked();
    }

    private QuickstartArguments Checked()
    {
        if (Endpoint is not null && Ollama)
        {
            throw new FormatException("Give --endpoint or --ollama, not both.");
        }

        if (Endpoint is not null && Models.Count < 2)
        {
            throw new FormatException("--endpoint needs --models with at least two names, cheapest first.");
        }

        if (Models.Count > 0 && Endpoint is null && !Ollama)
        {
            throw new FormatException("--models names models of a server; give --endpoint or --ollama too.");
        }

        if (Prices.Count > 0 && Prices.Count != Models.Count)
        {
            throw new FormatException($"--prices has {Prices.Count} entries for {Models.Count} models; give one for each.");
        }

        return this;
    }

    private static Uri ReadEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new FormatException($"--endpoint is '{text}'; give an address such as https://api.example.com/v1.");

    private static int ReadCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new FormatException($"--requests is '{text}'; give a whole number, at least 1.");

    private static ModelPrice ReadPrice(string text)
    {
        string[] parts = text.Split('/', StringSplitOptions.TrimEntries);
        return parts.Length == 2
            && decimal.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal input)
            && decimal.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal output)
                ? ModelPrice.PerMillionTokens(input, output)
                : throw new FormatException($"--prices has '{text}'; give input/output in dollars per million tokens, such as 0.15/0.60.");
    }
}
