using AutoMix;
using AutoMix.Samples;
using Microsoft.Extensions.AI;

// A routing policy of one's own, over two simulated models.
Console.WriteLine("Simulated models: no key, no network.");
var small = new SimulatedModel("small", asked => new TextContent($"In short: {asked[^1].Text}"), vote: frame => !frame.Contains("refund", StringComparison.Ordinal));
var large = new SimulatedModel("large", asked => new TextContent($"At length: {asked[^1].Text}"));
using IChatClient client = small.AsBuilder()
    .UseAutoMix(mix => mix
        .FirstModel("small", ModelPrice.PerMillionTokens(0.15m, 0.60m))
        .AddModel("large", large, ModelPrice.PerMillionTokens(2.50m, 10m))
        .VerifyWith(Verifiers.SelfVerification(4))
        .RouteWith(new TicketPolicy()))
    .Build();

foreach ((string customer, string ticket) in ((string, string)[])
[
    ("free", "How do I change my password?"),
    ("paying", "How do I change my password?"),
    ("paying", "Where is my refund?"),
    ("free", "My lawyer will write to you."),
])
{
    var options = new ChatOptions { AdditionalProperties = new() { [RequestTags.Tenant] = customer } };
    ChatResponse response = await client.GetResponseAsync(ticket, options);
    RoutingRecord record = response.GetRoutingRecord()!;
    Console.WriteLine($"{customer,-7}{ticket,-31}{record.Model,-6} ${record.Cost:0.000000}  {string.Join("; ", record.Decisions.Select(decision => decision.Reason))}");
}
