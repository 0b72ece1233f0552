using Microsoft.Extensions.Configuration;

namespace AutoMix.Tool.Providers;

/// <summary>
/// The configuration file of <c>collect</c> and <c>serve</c>: the models, cheapest first, how answers are verified, the settings of
/// the pipeline as an application has them in its section AutoMix, and those of the server.
/// </summary>
internal sealed class ToolConfiguration
{
    private ToolConfiguration(IReadOnlyList<ProviderOptions> providers, VerificationOptions verification, AutoMixOptions pipeline, ServeOptions serve, string folder)
    {
        Providers = providers;
        Verification = verification;
        Pipeline = pipeline;
        Serve = serve;
        Folder = folder;
    }

    public IReadOnlyList<ProviderOptions> Providers { get; }

    public VerificationOptions Verification { get; }

    public AutoMixOptions Pipeline { get; }

    public ServeOptions Serve { get; }

    /// <summary>Where the file is; what it names is relative to it.</summary>
    public string Folder { get; }

    /// <summary>The price of a model; null where the file names none.</summary>
    public ModelPrice? PriceOf(string model) =>
        Pipeline.Models.TryGetValue(model, out ModelOptions? options) && options is { InputPrice: { } input, OutputPrice: { } output }
            ? ModelPrice.PerMillionTokens(input, output, options.CachedInputPrice)
            : null;

    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="FormatException">A setting is unknown or unusable.</exception>
    public static ToolConfiguration Load(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new FileNotFoundException($"There is no configuration file '{file.FullName}'.");
        }

        try
        {
            IConfiguration root = new ConfigurationBuilder().AddJsonFile(file.FullName, optional: false).Build();
            var providers = new List<ProviderOptions>();
            var verification = new VerificationOptions();
            var pipeline = new AutoMixOptions();
            var serve = new ServeOptions();
            foreach (IConfigurationSection section in root.GetChildren())
            {
                object settings = section.Key.ToUpperInvariant() switch
                {
                    "PROVIDERS" => providers,
                    "VERIFICATION" => verification,
                    "AUTOMIX" => pipeline,
                    "SERVE" => serve,
                    _ => throw new FormatException($"there is no setting '{section.Key}'. There are Providers, Verification, AutoMix and Serve."),
                };
                section.Bind(settings, options => options.ErrorOnUnknownConfiguration = true);
            }

            Check(providers, verification);
            return new ToolConfiguration(providers, verification, pipeline, serve, file.DirectoryName!);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException)
        {
            throw new FormatException($"{file.FullName}: {(e.InnerException ?? e).Message}", e);
        }
    }

    private static void Check(List<ProviderOptions> providers, VerificationOptions verification)
    {
        if (providers.Count == 0)
        {
            throw new FormatException("Providers is empty. List the models, cheapest first, each with a Name and an Endpoint, an Ollama address or an Assembly.");
        }

        providers.ForEach(provider => provider.Check());
        if (providers.GroupBy(provider => provider.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new FormatException($"Two providers have the name '{twice.Key}'. Give each a name of its own.");
        }

        if (verification.Samples < 1)
        {
            throw new FormatException($"Verification has {verification.Samples} Samples. Give 1 or more.");
        }
    }
}
