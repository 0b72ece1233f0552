using System.Diagnostics.Metrics;
using Prometheus;
using Factory = Prometheus.Metrics;

namespace AutoMix.Tool.Serve;

/// <summary>GET /metrics: what the pipeline measures, and the states of circuits and budgets, as Prometheus reads it.</summary>
internal sealed class PrometheusMetrics : IDisposable
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly CollectorRegistry _registry = Factory.NewCustomRegistry();
    private readonly IDisposable _listening;

    public PrometheusMetrics(Dashboard dashboard)
    {
        MetricFactory factory = Factory.WithCustomRegistry(_registry);
        Gauge circuit = factory.CreateGauge("automix_circuit_open", "1 while the model is left alone because it kept failing.", "model");
        Gauge limit = factory.CreateGauge("automix_budget_limit_dollars", "The budget of a window.", "window_seconds");
        Gauge committed = factory.CreateGauge("automix_budget_committed_dollars", "Dollars spent or set aside within a window.", "window_seconds");
        _registry.AddBeforeCollectCallback(() =>
        {
            DashboardSnapshot now = dashboard.Snapshot();
            foreach (DashboardSnapshot.ModelState model in now.Models)
            {
                circuit.WithLabels(model.Model).Set(model.OpenSeconds is null ? 0 : 1);
            }

            foreach (DashboardSnapshot.BudgetState budget in now.Budgets)
            {
                string window = budget.WindowSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                limit.WithLabels(window).Set((double)budget.Dollars);
                committed.WithLabels(window).Set((double)budget.Committed);
            }
        });
        _listening = MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = _registry,
            MetricFactory = factory,
            InstrumentFilterPredicate = instrument => instrument.Meter.Name == TelemetryNames.Source,
            ResolveHistogramBuckets = Buckets,
        });
    }

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = ContentType;
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, context.RequestAborted).ConfigureAwait(false);
        await context.Response.BodyWriter.WriteAsync(text.ToArray(), context.RequestAborted).ConfigureAwait(false);
    }

    public void Dispose() => _listening.Dispose();

    private static double[] Buckets(Instrument instrument) => instrument.Unit == "s"
        ? [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
        : [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
}
