using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Judges the answer of one call by the built-in checks. It is a pure function of the answer and of what was asked.</summary>
/// <param name="model">The model that answered.</param>
/// <param name="options">The caller's options.</param>
/// <param name="rules">The tools that demand a certain model.</param>
/// <param name="isFinal">Whether the policy has promised to accept the answer. Its checks are noted then, and reject nothing.</param>
internal readonly struct AnswerJudge(ChatModel model, ChatOptions? options, ToolRules rules, bool isFinal)
{
    /// <summary>Judges a call that did not throw.</summary>
    /// <param name="outcome">The result of the call.</param>
    /// <param name="runs">The tools that ran inside the model's client; null if none were offered.</param>
    public Judgement Judge(CallOutcome outcome, List<ToolRun>? runs)
    {
        if (outcome.Response is not { } response)
        {
            return Judgement.Failed(FailureKind.Empty, null, "the answer is empty");
        }

        try
        {
            string? emptiness = AnswerChecks.Emptiness(response);
            List<VerdictRecord> verdicts = [];
            if (AnswerChecks.Failure(response) is { } carried)
            {
                if (!isFinal || !carried.IsEnd || emptiness is not null)
                {
                    return Judgement.Failed(carried.Kind, new InvalidOperationException(carried.Message));
                }

                verdicts.Add(new("finish-reason", Verdict.Reject(carried.Message)));
            }

            if (outcome.Meter is { HasFinishReason: false } && model.Profile.RequiresFinishReason)
            {
                if (!isFinal)
                {
                    return Judgement.Failed(emptiness is null ? FailureKind.CutOff : FailureKind.Empty, new InvalidOperationException("The stream ended without a finish reason."));
                }

                verdicts.Add(new("finish-reason", Verdict.Reject("the stream ended without a finish reason")));
            }

            // A final answer is accepted as it is. If it holds nothing, or only reasoning, the request fails over.
            return isFinal && emptiness is not null ? Judgement.Failed(FailureKind.Empty, null, emptiness, verdicts) : Check(response, emptiness, runs, verdicts);
        }
        catch (Exception e)
        {
            // An answer that cannot be read is a failed call, and is settled like one.
            return Judgement.Failed(FailureKind.Other, e);
        }
    }

    private Judgement Check(ChatResponse response, string? emptiness, List<ToolRun>? runs, List<VerdictRecord> verdicts)
    {
        List<FunctionCallContent>? open = AnswerChecks.OpenToolCalls(response);
        var judgement = new Judgement
        {
            Status = AttemptStatus.Answered,
            Kind = AnswerChecks.IsToolCall(response, open) ? AnswerKind.ToolCall : AnswerKind.Content,
            Verdicts = verdicts,
        };
        if (emptiness is not null)
        {
            return Reject(judgement, verdicts, "content", emptiness, AttemptStatus.Unusable);
        }

        if (ForbiddenTool(open, runs) is { } forbidden)
        {
            return Reject(judgement, verdicts, "tool-minimum", rules.Demand(forbidden), AttemptStatus.Unusable) with { ForbiddenTool = forbidden };
        }

        if (options is { ToolMode: NoneChatToolMode } && open is not null)
        {
            return Reject(judgement, verdicts, "tool-mode", "a tool is called although none may be", AttemptStatus.Unusable);
        }

        if (options is { ToolMode: RequiredChatToolMode required, Tools.Count: > 0 } && !AnswerChecks.Calls(response, required.RequiredFunctionName))
        {
            string tool = required.RequiredFunctionName is { } name ? $"the tool '{name}'" : "a tool";
            return Reject(judgement, verdicts, "tool-mode", $"{tool} had to be called and is not", AttemptStatus.Rejected);
        }

        if (open is not null)
        {
            return Note(judgement, verdicts, "tool-calls", AnswerChecks.ToolCalls(open, options), AttemptStatus.Unusable);
        }

        if (judgement.Kind == AnswerKind.ToolCall)
        {
            return judgement;
        }

        if (options?.ResponseFormat is ChatResponseFormatJson)
        {
            judgement = Note(judgement, verdicts, "response-format", AnswerChecks.ResponseFormat(AnswerChecks.LastText(response), options), AttemptStatus.Rejected);
        }

        return FinishReasons.IsLength(response.FinishReason) && options?.MaxOutputTokens is null
            ? Reject(judgement, verdicts, "length", "the answer was cut off at the model's own limit", AttemptStatus.Rejected)
            : judgement;
    }

    // A loop inside the model's client is refused a forbidden tool, but may have built its answer on the refusal.
    private string? ForbiddenTool(List<FunctionCallContent>? open, List<ToolRun>? runs)
    {
        foreach (FunctionCallContent call in open ?? [])
        {
            if (rules.Forbid(model.Index, call.Name))
            {
                return call.Name;
            }
        }

        return runs?.Find(r => r.IsForbidden)?.Name;
    }

    private Judgement Note(Judgement judgement, List<VerdictRecord> verdicts, string check, SchemaResult result, AttemptStatus status)
    {
        if (result.Outcome == SchemaOutcome.Invalid)
        {
            return Reject(judgement, verdicts, check, result.Reason!, status);
        }

        if (result.Outcome == SchemaOutcome.Unknown)
        {
            verdicts.Add(new(check, Verdict.Unknown(result.Reason!)));
        }

        return judgement;
    }

    private Judgement Reject(Judgement judgement, List<VerdictRecord> verdicts, string check, string reason, AttemptStatus status)
    {
        verdicts.Add(new(check, Verdict.Reject(reason)));
        return isFinal ? judgement : judgement with { Status = status, Rejection = judgement.Rejection ?? reason };
    }
}
