using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AutoMix.Samples.CustomVerifier;

/// <summary>
/// A rule for answers that are C#: the code must compile. It costs no call, so it runs on every answer before anything is paid for;
/// that code compiles is no evidence that it is right, so it passes and gives no confidence.
/// </summary>
internal sealed class CompilesVerifier : IVerifier
{
    // What the running program itself was built against.
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public string Name => "compiles";

    public bool IsFree => true;

    // A cache above must not mix answers that were checked with another language version.
    public string Fingerprint => $"{Name}:{LanguageVersion.Latest.MapSpecifiedToEffectiveVersion()}";

    public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
    {
        if (CodeIn(context.Text) is not { } code)
        {
            return new(Verdict.Unknown("the answer holds no code block"));
        }

        CSharpCompilation compilation = CSharpCompilation.Create(
            "answer",
            [CSharpSyntaxTree.ParseText($"using System; using System.Collections.Generic; using System.Linq;\n{code}", cancellationToken: cancellationToken)],
            References,
            new(OutputKind.DynamicallyLinkedLibrary));
        Diagnostic? error = compilation.GetDiagnostics(cancellationToken).FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error);
        return new(error is null ? Verdict.Pass() : Verdict.Reject($"{error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}"));
    }

    private static string? CodeIn(string answer)
    {
        string[] parts = answer.Split("```");
        return parts.Length < 3 ? null : parts[1][(parts[1].IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }
}
