namespace AutoMix.Tool.Collect.Grading;

/// <summary>When an answer counts as correct.</summary>
internal enum GradeKind
{
    /// <summary>It is a reference, white space around it aside.</summary>
    Exact,

    /// <summary>It is a reference but for case, punctuation around it, white space and a leading article.</summary>
    Normalised,

    /// <summary>It chooses the letter of a reference.</summary>
    Choice,

    /// <summary>Its last number is a reference's.</summary>
    Numeric,

    /// <summary>A reference, as a regular expression, matches somewhere in it.</summary>
    Regex,

    /// <summary>Another model says so.</summary>
    Judge,
}
