namespace AutoMix.Tool.Collect;

/// <summary>
/// The most that may be spent. A call sets its upper bound aside before it starts, so that the sum can never be passed; one that does not
/// fit waits for what others leave over, and where none runs any more the end is reached, for all. Safe for concurrent use.
/// </summary>
internal sealed class CostCap(decimal? most, decimal spent)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private decimal _spent = spent;
    private decimal _reserved;
    private int _running;

    public bool IsReached { get; private set; }

    /// <exception cref="CostCapException">It does not fit any more.</exception>
    public async Task ReserveAsync(decimal dollars, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task settled;
            lock (_gate)
            {
                if (!IsReached && (most is null || _spent + _reserved + dollars <= most))
                {
                    _reserved += dollars;
                    _running++;
                    return;
                }

                IsReached |= _running == 0;
                if (IsReached)
                {
                    throw new CostCapException();
                }

                settled = _settled.Task;
            }

            await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Replaces what was set aside by what it came to.</summary>
    public void Settle(decimal reserved, decimal spent)
    {
        TaskCompletionSource settled;
        lock (_gate)
        {
            _reserved -= reserved;
            _spent += spent;
            _running--;
            settled = _settled;
            _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        settled.SetResult();
    }
}
