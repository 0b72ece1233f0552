namespace AutoMix.Tool.Providers;

/// <summary>One model of the configuration file: where it is reached, and how hard it may be asked.</summary>
internal sealed class ProviderOptions
{
    /// <summary>What stands for the id of the question in a header.</summary>
    public const string QuestionId = "{id}";

    /// <summary>Its name in traces, plans and prices.</summary>
    public string Name { get; set; } = "";

    /// <summary>The model that the provider is asked for; the name where not given.</summary>
    public string? Model { get; set; }

    /// <summary>The base address of an OpenAI-compatible server, such as <c>https://api.openai.com/v1</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The environment variable that holds the key of <see cref="Endpoint"/>.</summary>
    public string ApiKeyVariable { get; set; } = "OPENAI_API_KEY";

    /// <summary>Headers of every request to <see cref="Endpoint"/>; one with <c>{id}</c>, which stands for the id of the question, is sent while collecting only.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The address of an Ollama server.</summary>
    public Uri? Ollama { get; set; }

    /// <summary>An assembly that makes the client, relative to the configuration file.</summary>
    public string? Assembly { get; set; }

    /// <summary>In <see cref="Assembly"/>, a static method <c>Namespace.Type.Method</c> that returns an IChatClient and takes nothing, or the model.</summary>
    public string? Factory { get; set; }

    /// <summary>The most calls at once.</summary>
    public int Concurrency { get; set; } = 4;

    /// <summary>The most calls a minute; null for as many as go.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>The most tokens of an answer while collecting.</summary>
    public int MaxOutputTokens { get; set; } = 1024;

    /// <summary>The temperature of answers while collecting; null leaves it to the provider.</summary>
    public float? Temperature { get; set; } = 0;

    public string ModelId => Model ?? Name;

    public void Check()
    {
        string what = $"The provider '{Name}'";
        int ways = new object?[] { Endpoint, Ollama, Assembly }.Count(way => way is not null);
        string? problem =
            Name.Length == 0 ? "A provider has no Name. Give each a name of its own."
            : ways != 1 ? $"{what} needs one of Endpoint, Ollama and Assembly."
            : Assembly is not null && Factory is null ? $"{what} needs a Factory in its Assembly: Namespace.Type.Method."
            : Concurrency < 1 ? $"{what} has a Concurrency of {Concurrency}. Give 1 or more."
            : RequestsPerMinute < 1 ? $"{what} has RequestsPerMinute of {RequestsPerMinute}. Give 1 or more, or leave it out."
            : MaxOutputTokens < 1 ? $"{what} has MaxOutputTokens of {MaxOutputTokens}. Give 1 or more."
            : null;
        if (problem is not null)
        {
            throw new FormatException(problem);
        }
    }
}
