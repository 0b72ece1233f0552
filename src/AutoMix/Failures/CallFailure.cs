namespace AutoMix;

/// <summary>One failed call, for deciding how to react.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Kind">The class of the failure.</param>
/// <param name="Exception">The exception, if there was one.</param>
/// <param name="RetryAfter">How long the provider asked to wait; null where it did not say.</param>
/// <param name="FailuresOfModel">How many calls to this model have failed in this request, this one included.</param>
public sealed record CallFailure(string Model, FailureKind Kind, Exception? Exception, TimeSpan? RetryAfter, int FailuresOfModel);
