using AutoMix;
using AutoMix.Samples.WebApi;
using Microsoft.Extensions.AI;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);

// Everything that a JSON file can say is in appsettings.json, section AutoMix.
builder.Services.Configure<AutoMixOptions>(builder.Configuration.GetSection("AutoMix"));
builder.Services.AddKeyedSingleton("small", (services, _) => Providers.Create(services, "small"));
builder.Services.AddKeyedSingleton("large", (services, _) => Providers.Create(services, "large"));
builder.Services.AddAutoMixChatClient(mix => mix.AddKeyedModel("small").AddKeyedModel("large"));

builder.Services.AddHealthChecks().AddCheck<PipelineHealthCheck>("models");
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
builder.Services.AddOpenTelemetry()
    .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddSource(TelemetryNames.Source).AddConsoleExporter())
    .WithMetrics(metrics => metrics.AddMeter(TelemetryNames.Source).AddConsoleExporter());

WebApplication app = builder.Build();
app.MapHealthChecks("/health");
app.MapPost("/chat", ChatEndpoints.AnswerAsync);
app.MapPost("/chat/stream", ChatEndpoints.Stream);
await app.RunAsync();
