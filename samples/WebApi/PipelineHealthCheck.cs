using Microsoft.Extensions.AI;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AutoMix.Samples.WebApi;

/// <summary>Degraded while the last request had to do without one of the models.</summary>
internal sealed class PipelineHealthCheck(IChatClient client) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        RoutingRecord? last = client.GetService<RoutingRecord>();
        return Task.FromResult(last switch
        {
            null => HealthCheckResult.Healthy("no request so far"),
            { Outcome: RoutingOutcome.Failed } => HealthCheckResult.Unhealthy(last.Reason),
            { Skipped.Count: > 0 } => HealthCheckResult.Degraded(string.Join("; ", last.Skipped.Select(s => $"{s.Model}: {s.Reason}"))),
            _ => HealthCheckResult.Healthy(),
        });
    }
}
