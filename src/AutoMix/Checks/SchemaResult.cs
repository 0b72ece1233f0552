namespace AutoMix;

/// <summary>Whether a JSON value follows a schema.</summary>
internal enum SchemaOutcome
{
    Valid,
    Invalid,

    /// <summary>The schema says something that <see cref="JsonSchema"/> does not know, so that nothing can be promised.</summary>
    Unknown,
}

/// <summary>The outcome of a validation. An invalid or unknown outcome has a place and a reason.</summary>
internal readonly record struct SchemaResult(SchemaOutcome Outcome, string? Reason)
{
    public static SchemaResult Valid => default;

    public static SchemaResult Invalid(string path, string why) => new(SchemaOutcome.Invalid, $"{(path.Length == 0 ? "the value" : path)} {why}");

    public static SchemaResult Unknown(string path, string why) => new(SchemaOutcome.Unknown, $"{(path.Length == 0 ? "the schema" : path)}: {why}");

    /// <summary>Both must hold: a violation is certain whatever else is unknown.</summary>
    public SchemaResult And(SchemaResult other) =>
        Outcome == SchemaOutcome.Invalid ? this
        : other.Outcome == SchemaOutcome.Invalid ? other
        : Outcome == SchemaOutcome.Unknown ? this
        : other;
}
