namespace AutoMix;

// Judging: another model grades.
public static partial class Verifiers
{
    /// <summary>
    /// Another model grades the answer by a rubric, alone or against an answer of a third model with the places swapped (Zheng et
    /// al., "Judging LLM-as-a-Judge", 2023). If the judge is the answer's author, the record and a log line say so.
    /// </summary>
    /// <param name="model">The name of the model that judges.</param>
    /// <param name="configure">Changes further settings.</param>
    public static IVerifier Judge(string model, Action<JudgeOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        var options = new JudgeOptions();
        configure?.Invoke(options);
        return new JudgeVerifier(model, options);
    }
}
