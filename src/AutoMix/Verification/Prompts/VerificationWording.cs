namespace AutoMix;

/// <summary>The words in which a verdict is asked for and read. One per language.</summary>
/// <remarks>
/// Words are compared without case. A word that is not listed is never guessed at: a verdict with one in it is unknown.
/// </remarks>
public sealed record VerificationWording
{
    /// <summary>English; also reads yes and no, true and false.</summary>
    public static VerificationWording English { get; } = new()
    {
        Label = "Verification Decision",
        OtherLabels = ["Final Decision", "Final Verdict", "Decision", "Verdict"],
        Affirmative = ["Correct", "Yes", "True"],
        Negative = ["Incorrect", "No", "False", "Wrong"],
        Negations = ["not", "isn't", "n't"],
        Fillers = ["the", "this", "that", "proposed", "given", "provided", "ai", "generated", "answer", "response", "is", "it", "it's", "therefore", "so", "final"],
        Qualifiers = ["partially", "partly", "mostly", "almost", "nearly", "somewhat", "but", "however", "except", "unless", "if", "maybe", "not"],
    };

    /// <summary>German.</summary>
    public static VerificationWording German { get; } = new()
    {
        Label = "Entscheidung der Prüfung",
        OtherLabels = ["Entscheidung", "Urteil", "Ergebnis"],
        Affirmative = ["Richtig", "Korrekt", "Ja"],
        Negative = ["Falsch", "Inkorrekt", "Unrichtig", "Nein"],
        Negations = ["nicht"],
        Fillers = ["die", "diese", "antwort", "ist", "sie", "das", "also"],
        Qualifiers = ["teilweise", "größtenteils", "fast", "aber", "jedoch", "wenn", "nicht"],
    };

    /// <summary>French.</summary>
    public static VerificationWording French { get; } = new()
    {
        Label = "Décision de vérification",
        OtherLabels = ["Décision", "Verdict"],
        Affirmative = ["Correcte", "Correct", "Oui", "Vrai", "Juste"],
        Negative = ["Incorrecte", "Incorrect", "Non", "Faux", "Fausse"],
        Negations = ["n'est pas", "pas"],
        Fillers = ["la", "cette", "réponse", "est", "elle", "c'est", "donc"],
        Qualifiers = ["partiellement", "presque", "mais", "cependant", "sauf", "pas"],
    };

    /// <summary>Spanish.</summary>
    public static VerificationWording Spanish { get; } = new()
    {
        Label = "Decisión de verificación",
        OtherLabels = ["Decisión", "Veredicto"],
        Affirmative = ["Correcta", "Correcto", "Sí", "Verdadero"],
        Negative = ["Incorrecta", "Incorrecto", "No", "Falso"],
        Negations = ["no es"],
        Fillers = ["la", "esta", "respuesta", "es", "por", "tanto"],
        Qualifiers = ["parcialmente", "casi", "pero", "salvo", "excepto"],
    };

    /// <summary>Chinese (simplified).</summary>
    public static VerificationWording Chinese { get; } = new()
    {
        Label = "验证结论",
        OtherLabels = ["结论", "判断"],
        Affirmative = ["正确", "是", "对"],
        Negative = ["不正确", "错误", "否", "不对"],
        Negations = [],
        Fillers = ["答案", "该", "是"],
        Qualifiers = ["部分", "但", "不"],
    };

    /// <summary>The label at the beginning of the line with the decision.</summary>
    public required string Label { get; init; }

    /// <summary>Other labels that are understood at the beginning of such a line.</summary>
    public IReadOnlyList<string> OtherLabels { get; init; } = [];

    /// <summary>Words for correct. The first is the one that is asked for.</summary>
    public required IReadOnlyList<string> Affirmative { get; init; }

    /// <summary>Words for incorrect. The first is the one that is asked for.</summary>
    public required IReadOnlyList<string> Negative { get; init; }

    /// <summary>Words that turn the next one round.</summary>
    public IReadOnlyList<string> Negations { get; init; } = [];

    /// <summary>Words that may stand before the decision without changing it.</summary>
    public IReadOnlyList<string> Fillers { get; init; } = [];

    /// <summary>Words after a decision for correct that take some of it back, so that it is unknown.</summary>
    public IReadOnlyList<string> Qualifiers { get; init; } = [];

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Label);
        Require(Affirmative, nameof(Affirmative), atLeastOne: true);
        Require(Negative, nameof(Negative), atLeastOne: true);
        Require(OtherLabels, nameof(OtherLabels), atLeastOne: false);
        Require(Negations, nameof(Negations), atLeastOne: false);
        Require(Fillers, nameof(Fillers), atLeastOne: false);
        Require(Qualifiers, nameof(Qualifiers), atLeastOne: false);
    }

    private static void Require(IReadOnlyList<string> words, string name, bool atLeastOne)
    {
        if (words is null || (atLeastOne && words.Count == 0) || words.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException($"{nameof(VerificationWording)}.{name} needs {(atLeastOne ? "at least one word, " : "")}no empty word.", name);
        }
    }
}
