using AutoMix.Samples.CustomVerifier;
using Microsoft.Extensions.AI;

namespace AutoMix.EndToEnd.CustomVerifier;

public sealed class CustomVerifierTests
{
    [Fact]
    public async Task RunAsync_Sample_EscalatesWhatDoesNotCompileAndReturnsOnlyWhatDoes()
    {
        using var output = new StringWriter();

        int exitCode = await CustomVerifierRun.RunAsync(output);

        exitCode.Should().Be(0);
        output.ToString().Split(Environment.NewLine).Where(l => l.StartsWith("  ", StringComparison.Ordinal)).Should().Equal(
            "  small: Passed",
            "  answered by small for $0.000014; the answer compiles",
            "  small: Rejected, CS1061: 'string[]' does not contain a definition for 'MaxOf' and no accessible extension method 'MaxOf' accepting a first argument of type 'string[]' could be found (are you missing a using directive or an assembly reference?)",
            "  large: Passed",
            "  answered by large for $0.000391; the answer compiles",
            "  small: Unknown, the answer holds no code block",
            "  large: Passed",
            "  answered by large for $0.000357; the answer compiles");
    }

    [Theory]
    [InlineData("```csharp\npublic class A { }\n```", VerdictKind.Passed)]
    [InlineData("Sure:\n```\npublic class A { int x = \"one\"; }\n```", VerdictKind.Rejected)]
    [InlineData("```csharp\npublic class A {\n```", VerdictKind.Rejected)]
    [InlineData("```csharp\npublic class A { }", VerdictKind.Unknown)]
    [InlineData("No.", VerdictKind.Unknown)]
    public async Task VerifyAsync_Answer_IsWhatTheCompilerSays(string answer, VerdictKind expected)
    {
        var context = new VerificationContext([new(ChatRole.User, "?")], null, new(new ChatMessage(ChatRole.Assistant, answer)), "model");

        (await new CompilesVerifier().VerifyAsync(context, CancellationToken.None)).Kind.Should().Be(expected);
    }
}
