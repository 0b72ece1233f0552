using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>What a stream has said so far: how much, what it used, how it ended.</summary>
internal sealed class StreamMeter(UsageChunks mode)
{
    private UsageDetails? _earlierTurns;
    private UsageDetails? _firstUsage;
    private UsageMeter? _reports;
    private bool _toolCalled;
    private bool _toolRan;
    private bool _wentOn;
    private bool _reportedAtEnd;
    private int _earlierWithoutUsage;

    /// <summary>Whether the stream said how it ended; with a loop inside the client, how its last turn did.</summary>
    public bool HasFinishReason { get; private set; }

    /// <summary>Whether the stream ended by itself, rather than being broken off.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The turns, the present one included, that have not said what they used.</summary>
    public int TurnsWithoutUsage => _earlierWithoutUsage + (_firstUsage is null ? 1 : 0);

    /// <summary>Whether anything was written, so that a call which failed was billed all the same.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>Whether what came so far is an answer that nothing needs to follow.</summary>
    public bool IsWhole => HasFinishReason && !_wentOn && !_toolCalled;

    /// <summary>The usage so far, all turns together; not to be changed, since it may be the client's own object.</summary>
    public UsageDetails? Usage
    {
        get
        {
            UsageDetails? turn = _reports is null ? _firstUsage : _reports.Total();
            if (_earlierTurns is null || turn is null)
            {
                return turn ?? _earlierTurns;
            }

            UsageDetails sum = UsageMeter.Copy(_earlierTurns);
            sum.Add(turn);
            return sum;
        }
    }

    /// <summary>Whether <see cref="Usage"/> is the bill: nothing was said, and nothing can have come, after it was reported.</summary>
    /// <param name="endsWithReason">Whether the model always says how it ended, so that a stream without a reason was cut off.</param>
    public bool UsageIsWhole(bool endsWithReason) =>
        TurnsWithoutUsage == 0 && (HasEnded ? HasFinishReason || !endsWithReason : _reportedAtEnd && !_wentOn);

    /// <summary>Takes notice of one update: what it reports and how much it holds.</summary>
    /// <returns>The update without its usage, which is reported once for the whole request.</returns>
    public ChatResponseUpdate Take(ChatResponseUpdate update)
    {
        bool hasUsage = false;
        bool ended = HasFinishReason;
        bool wrote = false;
        IList<AIContent> contents = update.Contents;
        if (_toolRan && (contents.Count > 0 || update.FinishReason is not null) && contents is not [FunctionResultContent, ..])
        {
            BeginTurn();
            ended = false;
        }

        HasFinishReason |= update.FinishReason is not null;
        for (int i = 0; i < contents.Count; i++)
        {
            switch (contents[i])
            {
                case FunctionCallContent call:
                    _toolCalled |= !call.InformationalOnly;
                    wrote = true;
                    break;
                case FunctionResultContent:
                    _toolRan = true;
                    wrote = true;
                    break;
                case UsageContent usage:
                    hasUsage = true;
                    Add(usage.Details);
                    break;
                case TextContent text:
                    wrote |= !string.IsNullOrEmpty(text.Text);
                    break;
                case TextReasoningContent reasoning:
                    wrote |= !string.IsNullOrEmpty(reasoning.Text);
                    break;
                default:
                    wrote = true;
                    break;
            }
        }

        HasOutput |= wrote;
        _wentOn |= ended && wrote;
        if (!hasUsage)
        {
            return update;
        }

        ChatResponseUpdate copy = update.Clone();
        copy.Contents = [.. contents.Where(c => c is not UsageContent)];
        return copy;
    }

    // Most calls report once, which needs no adding up.
    private void Add(UsageDetails report)
    {
        _reportedAtEnd = HasFinishReason;
        if (_firstUsage is null)
        {
            _firstUsage = report;
            return;
        }

        _reports ??= new(mode, _firstUsage);
        _reports.Add(report);
    }

    // A loop inside the client has run its tools and asks again: a call of its own, with its own end and its own usage.
    private void BeginTurn()
    {
        if (_firstUsage is null)
        {
            // Tools that a provider runs itself are run within one call, which ends once.
            _earlierWithoutUsage += HasFinishReason ? 1 : 0;
        }
        else
        {
            (_earlierTurns ??= new()).Add(_reports is null ? _firstUsage : _reports.Total());
            (_firstUsage, _reports) = (null, null);
        }

        _toolCalled = _toolRan = _wentOn = _reportedAtEnd = HasFinishReason = false;
    }
}
