using AutoMix.Replay;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Requests about the sample records, as an application would send them.</summary>
internal static class Calls
{
    public static ChatMessage[] Messages(int record) =>
        [new(ChatRole.System, SampleRecords.System), new(ChatRole.User, SampleRecords.All[record].Prompt)];

    public static ChatOptions Options(int record) =>
        new() { AdditionalProperties = new() { [ReplayChatClient.RecordProperty] = SampleRecords.All[record].Id } };

    /// <summary>A client that adds the record's header to a verifier's call, as the pipeline passes the caller's properties on.</summary>
    public static IChatClient ForRecord(this IChatClient client, int record) => client.AsBuilder()
        .ConfigureOptions(options => (options.AdditionalProperties ??= [])[ReplayChatClient.RecordProperty] = SampleRecords.All[record].Id)
        .Build();
}
