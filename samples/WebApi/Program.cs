using AutoMix;
using AutoMix.Samples.WebApi;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.AI;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);

// What a service sets first is in appsettings.json, section AutoMix; whatever AutoMixOptions has can stand there. A key that says nothing is an error at the start.
builder.Services.AddOptions<AutoMixOptions>().Bind(builder.Configuration.GetSection("AutoMix"), binder => binder.ErrorOnUnknownConfiguration = true);
builder.Services.AddKeyedSingleton("small", (services, _) => Providers.Create(services, "small"));
builder.Services.AddKeyedSingleton("large", (services, _) => Providers.Create(services, "large"));
builder.Services.AddAutoMixChatClient(mix => mix.AddKeyedModel("small").AddKeyedModel("large"));

// A stopping server takes no more requests and lets those that run come to their end, which the deadline of a request bounds.
builder.Services.Configure<HostOptions>(builder.Configuration.GetSection("Host"));
builder.Services.AddHealthChecks().AddCheck<PipelineHealthCheck>("models");
builder.Services.AddOpenTelemetry()
    .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddSource(TelemetryNames.Source).AddConsoleExporter())
    .WithMetrics(metrics => metrics.AddMeter(TelemetryNames.Source).AddConsoleExporter());

WebApplication app = builder.Build();

// A mistake in the settings ends the server here, not its first request.
_ = app.Services.GetRequiredService<IChatClient>();
app.MapHealthChecks("/health");
app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
app.MapPost("/chat", ChatEndpoints.AnswerAsync);
app.MapPost("/chat/stream", ChatEndpoints.Stream);
await app.RunAsync();
