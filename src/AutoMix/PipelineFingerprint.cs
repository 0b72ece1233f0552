using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AutoMix;

/// <summary>What a cache above a pipeline puts into its keys: changes whenever the pipeline would answer differently.</summary>
internal static class PipelineFingerprint
{
    public static string Of(string policy, ModelProfile[] profiles, IReadOnlyList<IVerifier> verifiers, AutoMixOptions options)
    {
        var text = new StringBuilder(policy);
        foreach (ModelProfile profile in profiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{profile.Name};{profile.ModelId};{profile.Price?.Input};{profile.Price?.CachedInput};{profile.Price?.Output};{profile.ContextWindow};{profile.Modalities};{profile.SupportsTools};{profile.SupportsStructuredOutput};{profile.DefaultMaxOutputTokens};{profile.DrainStream};{profile.RequiresFinishReason};{profile.AttemptTimeout}");
        }

        foreach (IVerifier verifier in verifiers)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{verifier.Name};{verifier.IsFree};{verifier.Fingerprint}");
        }

        text.Append(CultureInfo.InvariantCulture, $"|{options.MaxCostPerRequest};{options.LimitCost};{options.MaxAttempts};{options.MaxVerifications};{options.OnAbstain};{options.AttemptTimeout};{options.Deadline};{options.HedgeAfter};{options.StickyToolLoop};{options.UninformativeAfter};{options.SkipUninformative};{options.PaidVerification}");
        foreach ((FailureKind kind, FailureReaction reaction) in options.Failures.OrderBy(f => f.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"|{kind}={reaction}");
        }

        foreach ((string tool, string model) in options.ToolMinimumModels.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"|{tool}>{model}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
