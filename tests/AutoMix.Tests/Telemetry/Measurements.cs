using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AutoMix.Tests.Telemetry;

/// <summary>What the meter AutoMix has measured. Other tests measure at the same time, so a test reads only its own names.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measurement> _all = new();

    public Measurements()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == TelemetryNames.Source)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The measurements of one instrument that carry a tag of that value, in order.</summary>
    public Measurement[] Of(string instrument, string tag, string value) =>
        [.. _all.Where(m => m.Instrument == instrument && Equals(m.Tags.GetValueOrDefault(tag), value))];

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue(new(instrument.Name, instrument.Unit, value, tags.ToArray().ToDictionary()));
}

internal sealed record Measurement(string Instrument, string? Unit, double Value, Dictionary<string, object?> Tags);
