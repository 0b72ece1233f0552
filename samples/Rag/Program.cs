using System.Text.RegularExpressions;
using AutoMix;
using AutoMix.Samples;
using Microsoft.Extensions.AI;

// Retrieval with citations: an answer must cite a passage that it was given and say what stands there. Two free rules look first, the
// small model's own votes next; what fails goes to the large model.
Console.WriteLine("Simulated models: no key, no network.");

// The small model answers well about pumps, cites a passage that does not exist about pressure, and makes up the delivery time.
var small = new SimulatedModel(
    "small",
    asked => new TextContent(asked[^1].Text.Contains("pressure", StringComparison.Ordinal) ? "The pressure is between 2.1 and 2.6 bar [handbook-99]."
        : asked[^1].Text.Contains("delivery", StringComparison.Ordinal) ? "They usually arrive overnight by courier from our warehouse [orders-07]."
        : "The cooling pump must be replaced every 4000 hours [handbook-12]."),
    vote: _ => true);
var large = new SimulatedModel(
    "large",
    asked => new TextContent(asked[^1].Text.Contains("pressure", StringComparison.Ordinal) ? "The pressure of the cooling circuit is between 2.1 and 2.6 bar [handbook-13]."
        : "Delivery takes ten working days [orders-07]."));

using IChatClient client = small.AsBuilder()
    .UseAutoMix(mix => mix
        .FirstModel("small", ModelPrice.PerMillionTokens(0.15m, 0.60m))
        .AddModel("large", large, ModelPrice.PerMillionTokens(2.50m, 10m))
        .VerifyWith(Verifiers.Rule(CitesWhatWasGiven, "citation"))
        .VerifyWith(Verifiers.Grounding(options => options.Context = answer => answer.Messages[0].Text))
        .VerifyWith(Verifiers.SelfVerification(4, options => options.Template = VerificationTemplate.For(VerificationTask.ContextQuestion))))
    .Build();

foreach (string question in (string[])["How often is the cooling pump replaced?", "What is the pressure of the cooling circuit?", "How long is the delivery of pumps?"])
{
    ChatMessage passages = new(ChatRole.System, "Answer from these passages and cite one, as [id].\n" + string.Join('\n', Library.Search(question, 3)));
    ChatResponse response = await client.GetResponseAsync([passages, new(ChatRole.User, question)]);
    RoutingRecord record = response.GetRoutingRecord()!;
    Console.WriteLine($"{question}\n  {response.Text}\n  {record.Model}, ${record.Cost:0.000000}");
    foreach (AttemptRecord attempt in record.Attempts.Where(attempt => attempt.Rejection is not null))
    {
        Console.WriteLine($"  {attempt.Model} rejected: {attempt.Rejection}");
    }
}

static string? CitesWhatWasGiven(VerificationContext answer)
{
    MatchCollection citations = Regex.Matches(answer.Text, @"\[([\w-]+)\]");
    string given = answer.Messages[0].Text;
    return citations.Count == 0 ? "no passage is cited"
        : citations.FirstOrDefault(citation => !given.Contains(citation.Value, StringComparison.Ordinal)) is { } unknown ? $"{unknown.Value} was not given"
        : null;
}
