namespace AutoMix.Stores;

/// <summary>Which models are being left alone, shared by many processes: what one of them finds out spares the others the failures.</summary>
/// <remarks>
/// <para>Used concurrently. Nothing here is on the path of a request: a pipeline tells the store when a circuit of its own opens or
/// closes, reads the others' now and then, and decides by what it read last.</para>
/// <para>Time is passed as durations, never as a moment, so that clocks may differ between processes. A failing store throws;
/// each pipeline then goes on with its own circuit alone.</para>
/// </remarks>
public interface ICircuitStore
{
    /// <summary>Says that a model is to be left alone for a while. Of two reports the one that ends later holds.</summary>
    /// <param name="model">The model's name, the same in all processes.</param>
    /// <param name="duration">For how long from now; more than 0.</param>
    /// <param name="cancellationToken">Cancels the report.</param>
    ValueTask OpenAsync(string model, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Says that a model answers again; nothing if it was not left alone.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="cancellationToken">Cancels the report.</param>
    ValueTask CloseAsync(string model, CancellationToken cancellationToken = default);

    /// <summary>The models that are being left alone, and for how much longer.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    ValueTask<IReadOnlyDictionary<string, TimeSpan>> ReadAsync(CancellationToken cancellationToken = default);
}
