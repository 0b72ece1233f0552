using System.Security.Cryptography;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// Puts context, question and answer before a verifying model so that nothing in them can end its block, give instructions
/// from outside of one, or plant a verdict.
/// </summary>
/// <remarks>
/// Each request's markers carry a random code of 64 bits that no text written before it can contain, and whatever looks like a
/// marker or a verdict is broken up. A model that lets text inside an intact block persuade it is out of reach of any framing.
/// </remarks>
public static class VerificationFrame
{
    /// <summary>The beginning of a further case, to stop at. It is the same for every request.</summary>
    /// <param name="template">The template of the frame.</param>
    public static string StopSequence(VerificationTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return $"<{template.ContextName}";
    }

    /// <summary>Names the part of the request or the answer that cannot be shown in text; null if all of it can.</summary>
    /// <param name="context">The request and the answer.</param>
    public static string? WhatCannotBeShown(VerificationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Options?.ConversationId is { Length: > 0 })
        {
            return "the conversation that a provider keeps";
        }

        for (int i = 0; i < context.Messages.Count; i++)
        {
            if (ShownText.WhatIsNot(context.Messages[i]) is { } kind)
            {
                return $"the {kind} in the request";
            }
        }

        for (int i = 0; i < context.Answer.Messages.Count; i++)
        {
            if (NotText(context.Answer.Messages[i]) is { } kind)
            {
                return $"the {kind} in the answer";
            }
        }

        return AnswerChecks.IsBlank(context.Text) ? "an answer without text" : null;
    }

    /// <summary>The messages for a verifying model.</summary>
    /// <param name="context">The request and the answer.</param>
    /// <param name="template">The template of the prompt.</param>
    /// <param name="maxContextCharacters">Of the conversation before the question, the last so many characters are shown.</param>
    public static IReadOnlyList<ChatMessage> Build(VerificationContext context, VerificationTemplate template, int maxContextCharacters = 12_000)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(template);
        ArgumentOutOfRangeException.ThrowIfNegative(maxContextCharacters);
        return Build(context, template, maxContextCharacters, FrameDefences.All);
    }

    internal static IReadOnlyList<ChatMessage> Build(VerificationContext context, VerificationTemplate template, int maxContextCharacters, FrameDefences defences) =>
        [new(ChatRole.System, template.Preamble), new(ChatRole.User, Case(context, template, maxContextCharacters, defences))];

    /// <summary>The text of the case to judge: what differs from request to request, and therefore comes last.</summary>
    internal static string Case(VerificationContext context, VerificationTemplate template, int maxContextCharacters, FrameDefences defences)
    {
        Span<char> code = stackalloc char[16];
        RandomNumberGenerator.GetHexString(code, lowercase: true);
        if ((defences & FrameDefences.Fence) == 0)
        {
            code = [];
        }

        IReadOnlyList<ChatMessage> messages = context.Messages;
        int question = LastUserMessage(messages);
        string asked = question < 0 ? "" : ShownText.Of(messages[question]);
        var text = new TextBuffer(1024 + asked.Length + context.Text.Length);
        var background = new TextBuffer(1024);
        AppendNote(ref text, template.CaseNote, code);
        AppendBackground(ref background, context, question);
        ReadOnlySpan<char> shown = background.Text.TrimEnd();
        AppendBlock(ref text, template.ContextName, shown[Math.Max(0, shown.Length - maxContextCharacters)..], code, template, defences);
        AppendBlock(ref text, template.QuestionName, asked, code, template, defences);
        AppendBlock(ref text, template.AnswerName, context.Text, code, template, defences);
        text.Append(template.Cue);
        string whole = text.ToString();
        text.Dispose();
        background.Dispose();
        return whole;
    }

    private static void AppendNote(ref TextBuffer text, string note, scoped ReadOnlySpan<char> code)
    {
        int hole = note.IndexOf("{0}", StringComparison.Ordinal);
        text.Append(hole < 0 ? note : note.AsSpan(0, hole));
        text.Append(code);
        text.Append(hole < 0 ? [] : note.AsSpan(hole + 3));
        text.Append('\n');
    }

    private static void AppendBlock(
        ref TextBuffer text,
        string name,
        scoped ReadOnlySpan<char> content,
        scoped ReadOnlySpan<char> code,
        VerificationTemplate template,
        FrameDefences defences)
    {
        AppendMarker(ref text, "<", name, code);
        if (content.IsEmpty)
        {
            text.Append(template.Nothing);
        }
        else if ((defences & FrameDefences.Neutralise) != 0)
        {
            UntrustedText.AppendNeutralised(ref text, content, template.Planted);
        }
        else
        {
            text.Append(content);
        }

        text.Append('\n');
        AppendMarker(ref text, "</", name, code);
    }

    private static void AppendMarker(ref TextBuffer text, string opening, string name, scoped ReadOnlySpan<char> code)
    {
        text.Append(opening);
        text.Append(name);
        if (!code.IsEmpty)
        {
            text.Append(' ');
            text.Append(code);
        }

        text.Append(">\n");
    }

    private static void AppendBackground(ref TextBuffer text, VerificationContext context, int question)
    {
        AppendLine(ref text, null, context.Options?.Instructions);
        for (int i = 0; i < context.Messages.Count; i++)
        {
            ChatMessage message = context.Messages[i];
            if (i == question)
            {
                continue;
            }

            string? role = message.Role == ChatRole.System ? null : message.Role.Value;
            for (int part = 0; part < message.Contents.Count; part++)
            {
                AppendLine(ref text, role, message.Contents[part] switch
                {
                    FunctionCallContent call => $"calls {call.Name}",
                    FunctionResultContent result => $"result: {ShownText.Of(result)}",
                    var content => ShownText.Of(content),
                });
            }
        }
    }

    private static void AppendLine(ref TextBuffer text, string? role, string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        if (role is not null)
        {
            text.Append(role);
            text.Append(": ");
        }

        text.Append(line);
        text.Append('\n');
    }

    // Of an answer its text is shown, and nothing else.
    private static string? NotText(ChatMessage message)
    {
        for (int i = 0; i < message.Contents.Count; i++)
        {
            if (message.Contents[i] is DataContent or UriContent or HostedFileContent && ContentModality.Of(message.Contents[i]) is var kind)
            {
                return kind == Modalities.Text ? "text file" : kind.ToString().ToLowerInvariant();
            }
        }

        return null;
    }

    private static int LastUserMessage(IReadOnlyList<ChatMessage> messages)
    {
        for (int i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Role == ChatRole.User)
            {
                return i;
            }
        }

        return -1;
    }
}
