using StackExchange.Redis;

namespace AutoMix;

/// <summary>How processes share their state over a RESP server. Can be bound from a configuration section.</summary>
public sealed class AutoMixRedisOptions
{
    /// <summary>Where the server is and how to speak to it, as <see cref="ConfigurationOptions.Parse(string)"/> reads it. Default: <c>localhost:6379</c>.</summary>
    public string Configuration { get; set; } = "localhost:6379";

    /// <summary>The beginning of all keys and channels; processes of equal prefix share. Default: <c>automix</c>.</summary>
    public string KeyPrefix { get; set; } = "automix";

    /// <summary>For how long an answer of the server is waited for. Default: one second.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The dollars of a budget that a process is granted beyond what it has asked for, to be spent without a round trip; less where
    /// little is left, and 0 for a round trip a reservation. Default: 0.05.
    /// </summary>
    public decimal Block { get; set; } = 0.05m;

    /// <summary>
    /// How long a grant holds without contact to the server. Afterwards the process spends no more of it, and the server takes it as
    /// spent until the process comes back. Default: one minute.
    /// </summary>
    public TimeSpan GrantLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a watched plan is looked up beside the server's messages, which may get lost. Default: 15 seconds.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(15);

    internal void Check()
    {
        Require(!string.IsNullOrWhiteSpace(Configuration), nameof(Configuration), "names no server. Set it to such as 'localhost:6379'");
        Require(!string.IsNullOrEmpty(KeyPrefix), nameof(KeyPrefix), "is empty. Set a name that the processes of one application share");
        Require(Timeout > TimeSpan.Zero, nameof(Timeout), "is not longer than 0");
        Require(Block is >= 0 and <= 1_000_000, nameof(Block), "is not between 0 and 1,000,000 dollars");
        Require(GrantLifetime >= TimeSpan.FromMilliseconds(3), nameof(GrantLifetime), "is shorter than 3 milliseconds");
        Require(PollInterval > TimeSpan.Zero, nameof(PollInterval), "is not longer than 0");
    }

    private static void Require(bool holds, string setting, string problem)
    {
        if (!holds)
        {
            throw new AutoMixConfigurationException($"The Redis setting {setting} {problem}.");
        }
    }
}
