using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>Kinds of task that verification has worked demonstrations for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VerificationTask>))]
public enum VerificationTask
{
    /// <summary>Anything: two questions with a context and two without.</summary>
    General = 0,

    /// <summary>Questions to be answered from a given text.</summary>
    ContextQuestion = 1,

    /// <summary>Questions of fact without a text.</summary>
    ClosedQuestion = 2,

    /// <summary>A choice among given options.</summary>
    MultipleChoice = 3,

    /// <summary>Free instructions: write, summarise, rephrase.</summary>
    Instruction = 4,

    /// <summary>Programs.</summary>
    Code = 5,

    /// <summary>Fields taken from a text, as JSON or a list.</summary>
    Extraction = 6,
}
