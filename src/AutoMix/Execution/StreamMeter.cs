using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Measures a stream while it is read: its output, its reported usage, its end.</summary>
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

    /// <summary>Whether the stream has given a finish reason; with a loop inside the client, whether its last turn has.</summary>
    public bool HasFinishReason { get; private set; }

    /// <summary>Whether the stream ended by itself, rather than being broken off.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The number of turns without a usage report, the present turn included.</summary>
    public int TurnsWithoutUsage => _earlierWithoutUsage + (_firstUsage is null ? 1 : 0);

    /// <summary>Whether anything was written. A call that failed is billed then too.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>Whether the updates so far are a whole answer.</summary>
    public bool IsWhole => HasFinishReason && !_wentOn && !_toolCalled;

    /// <summary>The usage of all turns so far. It may be the client's own object and must not be changed.</summary>
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

    /// <summary>Tells whether <see cref="Usage"/> covers the whole stream: nothing was written after the report.</summary>
    /// <param name="endsWithReason">Whether the model always gives a finish reason, so that a stream without one was cut off.</param>
    public bool UsageIsWhole(bool endsWithReason) =>
        TurnsWithoutUsage == 0 && (HasEnded ? HasFinishReason || !endsWithReason : _reportedAtEnd && !_wentOn);

    /// <summary>Measures one update.</summary>
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

    // Most calls report once.
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

    // A loop inside the client has run its tools and asks again. That call has its own end and its own usage.
    private void BeginTurn()
    {
        if (_firstUsage is null)
        {
            // A provider that runs tools itself does so within one call, which ends once.
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
