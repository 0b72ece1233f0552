using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Telemetry;

/// <summary>One span a request, with an event for each decision, call and verdict.</summary>
public sealed class SpanTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;
    private readonly Activity _parent = new Activity("test").Start();

    public SpanTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private Activity Span => _stopped.Where(a => a.TraceId == _parent.TraceId).Should().ContainSingle().Which;

    public void Dispose()
    {
        _listener.Dispose();
        _parent.Dispose();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Span_EscalatedRequest_TellsItsStoryInOrder(Mode mode)
    {
        RoutingRecord record = (await Mix.Of(Mix.Model("no", vote: false), Mix.Model("yes")).AskAsync(mode, "?")).Record();

        Activity span = Span;
        span.OperationName.Should().Be("automix.request");
        span.ParentSpanId.Should().Be(_parent.SpanId);
        Dictionary<string, object?> tags = span.TagObjects.ToDictionary();
        tags["automix.outcome"].Should().Be("Accepted");
        tags["automix.model"].Should().Be("large");
        tags["automix.policy"].Should().Be(record.Policy);
        tags["automix.calibrated"].Should().Be(false);
        tags["automix.calls"].Should().Be(2);
        tags["automix.cost"].Should().Be((double)record.Cost);
        tags.Should().NotContainKey("automix.cost.incomplete");

        string[] story = [.. span.Events.Select(e => $"{e.Name[8..]} {Of(e, "automix.action") ?? Of(e, "automix.status")} {Of(e, "automix.model")}")];
        story.Should().StartWith(["decision Call small", "attempt Answered small", "decision Verify small", "verdict Confidence small", "decision Call large", "attempt Answered large"]);
        Of(span.Events.First(e => e.Name == "automix.verdict"), "automix.confidence").Should().Be(0.0);
        Of(span.Events.First(e => e.Name == "automix.attempt"), "automix.cost").Should().Be((double)record.Attempts[0].Cost);
        Activity.Current.Should().BeSameAs(_parent);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Span_RequestThatFails_IsAnErrorAndNamesTheFailures(Mode mode)
    {
        IChatClient client = Mix.Of(Failing(() => new HttpRequestException("secret")), Failing(() => new InvalidOperationException("secret")));
        await client.Invoking(c => c.AskAsync(mode, "?")).Should().ThrowAsync<NoUsableAnswerException>();

        Activity span = Span;
        (span.Status, span.StatusDescription).Should().Be((ActivityStatusCode.Error, nameof(NoUsableAnswerException)));
        span.Events.Where(e => e.Name == "automix.attempt").Select(e => Of(e, "automix.failure")).Should().Equal("Overload", "Other");
        string.Join('|', span.TagObjects.Concat(span.Events.SelectMany(e => e.Tags)).Select(t => t.Value)).Should().NotContain("secret");
    }

    [Fact]
    public async Task Span_ReaderThatStopsALiveStream_EndsAsCancelledAndNotAsAnError()
    {
        await foreach (ChatResponseUpdate update in Mix.Of(Mix.Model("a"), Mix.Model("b"), mix => mix.RouteWith((_, _) => new(RoutingDecision.Call(0, final: true)))).GetStreamingResponseAsync("?"))
        {
            break;
        }

        Activity span = Span;
        span.Status.Should().Be(ActivityStatusCode.Unset);
        span.GetTagItem("automix.outcome").Should().Be("Cancelled");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Span_ModelWithoutAPrice_IsMarkedAsIncomplete(Mode mode)
    {
        IChatClient client = Answering("a").AsBuilder().UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Answering("b")).WithoutVerification()).Build();
        await client.AskAsync(mode, "?");

        Activity span = Span;
        span.GetTagItem("automix.cost.incomplete").Should().Be(true);
        Of(span.Events.First(e => e.Name == "automix.attempt"), "automix.cost").Should().BeNull();
    }

    private static object? Of(ActivityEvent e, string tag) => e.Tags.FirstOrDefault(t => t.Key == tag).Value;
}
