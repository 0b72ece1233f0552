using AutoMix;
using AutoMix.Samples;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

// An agent of Microsoft.Agents.AI over AutoMix: the agent runs the tools, AutoMix chooses the model of every step.
Console.WriteLine("Simulated models: no key, no network.");
AIFunction weather = AIFunctionFactory.Create((string city) => city == "Oslo" ? "3 degrees, sleet" : "20 degrees, sunny", "weather", "The weather in a city.");

// The small model calls the tool well, but is at a loss where two cities are compared.
var small = new SimulatedModel(
    "small",
    asked => Results(asked).Count == 0 ? Ask("Oslo")
        : asked.Any(message => message.Text.Contains("Rome", StringComparison.Ordinal)) ? new TextContent("I am not sure.")
        : new TextContent($"In Oslo: {Results(asked)[0]}."),
    vote: frame => !frame.Contains("not sure", StringComparison.Ordinal));
var large = new SimulatedModel("large", asked => Results(asked).Count == 1 ? Ask("Rome") : new TextContent($"Oslo: {Results(asked)[0]}. Rome: {Results(asked)[1]}. Go to Rome."));

using IChatClient client = small.AsBuilder()
    .UseAutoMix(mix => mix
        .FirstModel("small", ModelPrice.PerMillionTokens(0.15m, 0.60m))
        .AddModel("large", large, ModelPrice.PerMillionTokens(2.50m, 10m))
        .VerifyWith(Verifiers.SelfVerification(4)))
    .Build();
AIAgent agent = new ChatClientAgent(client, "You help travellers.", "traveller", tools: [weather]);

foreach (string question in (string[])["What is the weather in Oslo?", "Oslo or Rome this weekend?"])
{
    AgentResponse response = await agent.RunAsync(question);
    Console.WriteLine($"{question}\n  {response.Text}\n  {client.GetService<RoutingRecord>()}");
}

static List<string> Results(IEnumerable<ChatMessage> messages) =>
    [.. messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(result => result.Result!.ToString()!)];

static FunctionCallContent Ask(string city) => new($"call-{city}", "weather", new Dictionary<string, object?> { ["city"] = city });
