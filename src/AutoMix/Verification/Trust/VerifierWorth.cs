using System.Collections.Concurrent;
using AutoMix.Statistics;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>Decides whether a paid verifier is worth its price, and warns when it no longer is.</summary>
/// <remarks>
/// <para>By its verdicts: a verifier that always says the same about a model's answers, or nothing usable many times in a row, teaches
/// nothing. This counts only for an uncalibrated policy. A verifier that has once said something else must repeat itself ten times as long.</para>
/// <para>By outcomes: a verifier that does not tell right answers from wrong ones is not paid for under any policy.</para>
/// <para>One verification in twenty is still made, to notice when this changes.</para>
/// </remarks>
internal sealed class VerifierWorth(VerifierWorth.History history, int after, VerifierOutcomes? outcomes, ModelProfile largest, ILogger logger)
{
    private const double Same = 0.01;
    private const int ProbeEvery = 20;

    /// <summary>Tells why the next verification is not worth its price; null if it is.</summary>
    public string? WhyNotWorthPaying(string verifier, RoutingAttempt attempt, bool isCalibrated)
    {
        Counts counts = history.Of(verifier, attempt.Model);
        lock (counts)
        {
            string? why = !isCalibrated && after > 0 && (counts.Seen >= Needed(counts) || counts.Silent >= after)
                ? "the verifier has long said the same, or nothing, so it is not paid for"
                : outcomes?.TrustIn(verifier, attempt.ModelName).Worth == SignalWorth.Uninformative
                ? "by the outcomes reported the verifier does not tell right answers from wrong ones, so it is not paid for"
                : null;
            return why is null || ++counts.Skipped % ProbeEvery == 0 ? null : why;
        }
    }

    /// <summary>Counts a verdict that was paid for.</summary>
    /// <param name="attempt">The attempt that was verified.</param>
    /// <param name="verdict">The verdict and its bill.</param>
    /// <param name="isCalibrated">Whether the policy is calibrated.</param>
    /// <param name="wasStopped">Whether a limit or the caller stopped the verification, so that silence does not count against the verifier.</param>
    public void Observe(RoutingAttempt attempt, VerdictRecord verdict, bool isCalibrated, bool wasStopped)
    {
        if (after <= 0)
        {
            return;
        }

        Counts counts = history.Of(verdict.Verifier, attempt.Model);
        lock (counts)
        {
            if (verdict.Kind == VerdictKind.Confidence)
            {
                if (counts.Add(verdict.Confidence!.Value) == Needed(counts))
                {
                    Log.Uninformative(logger, verdict.Verifier, attempt.ModelName);
                }
            }
            else if (verdict is { Kind: VerdictKind.Unknown, Calls: > 0 } && !wasStopped && ++counts.Silent == after)
            {
                Log.Silent(logger, verdict.Verifier, attempt.ModelName);
            }
        }

        if (verdict.Cost > 0 && !isCalibrated && attempt.Usage is { } usage && largest.Price is { } price
            && history.Pay(verdict.Cost, price.CostOf(usage), after) is { } bill)
        {
            Log.VerificationIsExpensive(logger, bill.Paid, bill.Instead, largest.Name);
        }
    }

    private int Needed(Counts counts) => counts.HasVaried ? 10 * after : after;

    /// <summary>The counts behind the judgement. Pipelines of the same registration and the same models share one.</summary>
    internal sealed class History
    {
        private readonly ConcurrentDictionary<(string Verifier, int Model), Counts> _counts = new();
        private readonly Lock _gate = new();
        private decimal _paid;
        private decimal _instead;
        private int _bills;

        public Counts Of(string verifier, int model) => _counts.GetOrAdd((verifier, model), static _ => new());

        /// <summary>Adds the cost of a verification, and the cost of the largest model's answer in its place.</summary>
        /// <returns>The sums, once, if the first is the larger after so many verifications; null otherwise.</returns>
        public (decimal Paid, decimal Instead)? Pay(decimal paid, decimal instead, int after)
        {
            lock (_gate)
            {
                (_paid, _instead) = (_paid + paid, _instead + instead);
                return ++_bills == after && _paid > _instead ? (_paid, _instead) : null;
            }
        }
    }

    /// <summary>The verdicts of one verifier about one model's answers. Locked by its user.</summary>
    internal sealed class Counts
    {
        private double _low;
        private double _high;

        public int Seen { get; private set; }

        public int Silent { get; set; }

        public int Skipped { get; set; }

        public bool HasVaried { get; private set; }

        /// <summary>Counts a confidence.</summary>
        /// <returns>The number of confidences in a row that were the same.</returns>
        public int Add(double confidence)
        {
            Silent = 0;
            if (Seen > 0 && Math.Max(_high, confidence) - Math.Min(_low, confidence) > Same)
            {
                (Seen, Skipped, HasVaried) = (0, 0, true);
            }

            (_low, _high) = Seen == 0 ? (confidence, confidence) : (Math.Min(_low, confidence), Math.Max(_high, confidence));
            return ++Seen;
        }
    }
}
