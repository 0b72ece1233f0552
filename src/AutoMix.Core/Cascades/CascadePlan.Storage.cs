using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using AutoMix.Statistics;

namespace AutoMix;

public sealed partial class CascadePlan
{
    // Deflate's longest match is 258 bytes, and its shortest code for one has two bits.
    private const long MostUnpackedPerByte = 258 * 8 / 2;

    /// <summary>Reads a plan from a file.</summary>
    /// <param name="path">Path of a file that <see cref="Save(string)"/> wrote.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="PlanFormatException">The file is no plan, or one of another version.</exception>
    public static CascadePlan Load(string path)
    {
        using FileStream stream = PlanFile.Open(path, $"There is no plan at '{path}'. Save one with 'automix train' or CascadePlan.Save.");
        return Load(stream, path);
    }

    /// <summary>Reads a plan from a stream, which stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <param name="name">The name used in error messages.</param>
    /// <exception cref="PlanFormatException">The stream holds no plan, or one of another version.</exception>
    public static CascadePlan Load(Stream stream, string name = "plan stream")
    {
        using JsonDocument json = PlanFile.Parse(stream, "plan", name);
        return Read(json.RootElement, name);
    }

    /// <summary>Writes the plan to a file, replacing it at once or not at all.</summary>
    /// <param name="path">Path of the file.</param>
    public void Save(string path) => PlanFile.Save(path, Save);

    /// <summary>Writes the plan to a stream, which stays open.</summary>
    /// <param name="stream">A writable stream.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonSerializer.Serialize(stream, ToDocument(), PlanJsonContext.Default.PlanDocument);
    }

    internal static CascadePlan Read(JsonElement json, string name)
    {
        PlanFile.CheckVersion(json, PlanDocument.CurrentVersion, "plan", name);
        try
        {
            PlanDocument document = json.Deserialize(PlanJsonContext.Default.PlanDocument)!;
            return FromDocument(document);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidDataException or InvalidOperationException or FormatException or NullReferenceException or OverflowException)
        {
            throw PlanFile.NotUsable("plan", name, e);
        }
    }

    internal PlanDocument ToDocument() => new()
    {
        SchemaVersion = PlanDocument.CurrentVersion,
        Solver = Solver,
        Objective = Objective,
        Models = [.. Model.Models.Select((name, m) => new PlanDocument.ModelEntry
        {
            Name = name,
            AnswerCost = Model.AnswerCost(m),
            VerifyCost = Model.VerifyCost(m),
            Verification = Model.Verification(m),
            Trust = Model.Trust(m),
        })],
        TrainingQueries = Model.Weight,
        Options = Model.Options,
        TraitWeights = Model.Prior.Weights.ToArray(),
        Correctness = Model.Prior.CorrectnessTable.ToArray(),
        Blend = Model.Prior.Blend.IsEmpty ? null : Model.Prior.Blend.ToArray(),
        AgreementOdds = Model.Agreement.OddsTable.ToArray(),
        AgreementGrowth = Model.Agreement.GrowthTable.ToArray(),
        Confidence = Pack(MemoryMarshal.AsBytes(Model.Confidence.Density)),
        ConfidenceBins = Pack(Model.Confidence.BinOfCell),
        Members = Solver == CascadeSolver.ExactOnSubCascade ? _table!.Members.ToArray() : null,
        Actions = _table is null ? null : Pack(_table.Actions),
        Curve = Model.Curve?.Points.ToArray(),
        Singles = Model.Curve?.Singles.ToArray(),
    };

    internal static CascadePlan FromDocument(PlanDocument document)
    {
        string[] models = [.. document.Models.Select(model => model.Name)];
        ModelList.Check(models, "models");
        document.Options.Check();
        document.Objective.Check("objective");
        int n = models.Length;
        int nodes = document.TraitWeights.Length;
        Expect(nodes == CascadeModel.Nodes, "traitWeights");
        Expect(document.Correctness.Length == nodes * n, "correctness");
        Expect(document.Blend is null || (n <= CorrectnessPrior.MostCountedModels && document.Blend.Length == 1 << n), "blend");
        Expect(document.AgreementOdds.Length == n * n * 4, "agreementOdds");
        Expect(document.AgreementGrowth.Length == 2 * AgreementModel.GroupSizes, "agreementGrowth");
        int cells = n * ConfidenceGrid.Size;
        double[] density = MemoryMarshal.Cast<byte, double>(Unpack(document.Confidence, cells * 2 * nodes * sizeof(double), "confidence")).ToArray();
        byte[] bins = Unpack(document.ConfidenceBins, cells, "confidenceBins");
        Expect(bins.All(bin => bin < document.Options.Bins), "confidenceBins");
        foreach (double[] numbers in (ReadOnlySpan<double[]>)[document.TraitWeights, document.Correctness, document.Blend ?? [], document.AgreementOdds, document.AgreementGrowth, density])
        {
            Expect(numbers.All(number => double.IsFinite(number) && number >= 0), "the numbers");
        }

        var model = new CascadeModel(
            models,
            [.. document.Models.Select(entry => entry.AnswerCost)],
            [.. document.Models.Select(entry => entry.VerifyCost)],
            [.. document.Models.Select(entry => entry.Verification)],
            new CorrectnessPrior(n, document.TraitWeights, document.Correctness, document.Blend),
            new ConfidenceModel(n, nodes, document.Options.Bins, density, bins),
            new AgreementModel(n, document.AgreementOdds, document.AgreementGrowth),
            document.Options,
            document.TrainingQueries,
            [.. document.Models.Select(entry => entry.Trust)]);
        if (document is { Curve.Length: > 0, Singles.Length: > 0 })
        {
            model = model.With(new CascadeCurve(document.Curve, document.Singles));
        }

        return new CascadePlan(model, document.Objective, document.Actions is null ? null : ReadTable(document.Actions, document.Members, model));
    }

    private static PlanTable ReadTable(byte[] packed, int[]? members, CascadeModel model)
    {
        int n = model.ModelCount;
        Expect(members is null || (members.Length > 0 && members.All(m => m >= 0 && m < n) && members.Zip(members.Skip(1)).All(pair => pair.First < pair.Second)), "members");
        CascadeModel cascade = members is null ? model : model.Select(members);
        Expect(cascade.ModelCount <= ExactSolver.MostModels, "members");
        HistoryIndex index = ExactSolver.IndexFor(cascade);
        byte[] actions = Unpack(packed, index.Count, "actions");
        Expect(actions.All(action => action == ActionCode.Abstain || ActionCode.Model(action) < cascade.ModelCount), "actions");
        return new PlanTable(cascade, index, actions, members ?? [.. Enumerable.Range(0, n)]);
    }

    private static void Expect(bool condition, string what)
    {
        if (!condition)
        {
            throw new FormatException($"'{what}' does not fit the rest of the plan.");
        }
    }

    private static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            deflate.Write(bytes);
        }

        return packed.ToArray();
    }

    // Unpacks exactly the length that the rest of the plan implies, and no more than so many bytes can hold, so that a hostile file
    // cannot fill the memory.
    private static byte[] Unpack(byte[] packed, long length, string what)
    {
        Expect(length <= packed.Length * MostUnpackedPerByte, what);
        byte[] bytes = new byte[length];
        using var inflate = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
        int read = inflate.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        Expect(read == bytes.Length && inflate.ReadByte() < 0, what);
        return bytes;
    }
}
