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

    /// <summary>Whether the stream said how it ended; with a loop inside the client, how its last turn did.</summary>
    public bool HasFinishReason { get; private set; }

    /// <summary>Characters of output seen so far, for settling a call that was cut off.</summary>
    public long OutputBytes { get; private set; }

    /// <summary>The updates to pass on, once the stream has ended.</summary>
    public List<ChatResponseUpdate>? Updates { get; set; }

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

    /// <summary>Takes notice of one update: what it reports and how much it holds.</summary>
    /// <returns>The update without its usage, which is reported once for the whole request.</returns>
    public ChatResponseUpdate Take(ChatResponseUpdate update)
    {
        bool hasUsage = false;
        bool ended = HasFinishReason;
        long before = OutputBytes;
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
                case FunctionCallContent:
                    _toolCalled = true;
                    OutputBytes += 32;
                    break;
                case FunctionResultContent:
                    _toolRan = true;
                    OutputBytes += 32;
                    break;
                case UsageContent usage:
                    hasUsage = true;
                    Add(usage.Details);
                    break;
                case TextContent text:
                    OutputBytes += text.Text?.Length ?? 0;
                    break;
                case TextReasoningContent reasoning:
                    OutputBytes += reasoning.Text?.Length ?? 0;
                    break;
                default:
                    OutputBytes += 32;
                    break;
            }
        }

        _wentOn |= ended && OutputBytes > before;
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
        _toolCalled = _toolRan = _wentOn = HasFinishReason = false;
        if (_firstUsage is not null)
        {
            (_earlierTurns ??= new()).Add(_reports is null ? _firstUsage : _reports.Total());
            (_firstUsage, _reports) = (null, null);
        }
    }
}
