using AutoMix.LogProbabilities;
using Microsoft.Extensions.AI;

namespace AutoMix.Quickstart;

/// <summary>Lets the library read simulated verdicts as it reads an SDK's: this one class is all that a further SDK needs.</summary>
internal sealed class SimulatedLogProbabilities : ILogProbabilityProtocol
{
    public void Request(ChatOptions options, int alternatives)
    {
        // A simulated model always says how sure it is.
    }

    public IReadOnlyList<TokenLogProbability> Read(object? rawRepresentation) => rawRepresentation is SimulatedVerdict verdict
        ? [new TokenLogProbability("Correct", Math.Log(verdict.Confidence), [])]
        : [];
}
