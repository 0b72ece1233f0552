using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AutoMix.Tool.Providers;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Collect;

/// <summary>One call to make, and the key that says whether it has been made.</summary>
internal sealed class CollectedCall
{
    private CollectedCall(string key, Question question, CallPurpose purpose, IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        Key = key;
        Question = question;
        Purpose = purpose;
        Messages = messages;
        Options = options;
    }

    public string Key { get; }

    public Question Question { get; }

    public CallPurpose Purpose { get; }

    public IReadOnlyList<ChatMessage> Messages { get; }

    public ChatOptions Options { get; }

    /// <param name="model">Who is asked.</param>
    /// <param name="question">The question that the call is about.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="identity">What tells this call from others, of its messages and beside them: not what changes from run to run.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="options">The options; they are completed by the headers of the provider.</param>
    public static CollectedCall Of(ProviderOptions model, Question question, CallPurpose purpose, IEnumerable<string> identity, IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        string key = KeyOf(
        [
            model.Name, model.ModelId, question.Id, purpose.ToString(), Number(options.Temperature), Number(options.Seed), Number(options.MaxOutputTokens), .. identity,
        ]);
        var headers = model.Headers.ToDictionary(header => header.Key, header => header.Value.Replace(ProviderOptions.QuestionId, question.Id, StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);

        // A provider that honours it bills a call once that is made again because nobody saw its answer.
        headers["Idempotency-Key"] = key;
        options.AdditionalProperties ??= [];
        options.AdditionalProperties[EndpointClient.HeadersProperty] = headers;
        if (purpose == CallPurpose.Verification)
        {
            options.AdditionalProperties[RequestTags.Purpose] = RequestTags.Verification;
        }

        return new CollectedCall(key, question, purpose, messages, options);
    }

    private static string Number<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture) ?? "-";

    private static string KeyOf(IReadOnlyList<string> parts)
    {
        var text = new StringBuilder();
        foreach (string part in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:").Append(part);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
