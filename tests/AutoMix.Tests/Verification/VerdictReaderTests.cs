namespace AutoMix.Tests;

public sealed class VerdictReaderTests
{
    public static TheoryData<string, bool?> English => new()
    {
        // As asked for.
        { "Verification Decision: Correct", true },
        { "Verification Decision: Incorrect", false },
        { "The context says so.\nVerification Decision: Correct", true },
        { "The context says otherwise.\n\nVerification Decision: Incorrect\n", false },

        // Case, white space, markdown.
        { "verification decision: correct", true },
        { "VERIFICATION DECISION: INCORRECT", false },
        { "  Verification  Decision :  Correct  ", true },
        { "**Verification Decision:** Correct", true },
        { "**Verification Decision: Incorrect**", false },
        { "### Verification Decision: *Correct*", true },
        { "> Verification Decision: `Incorrect`", false },
        { "- Verification Decision: \"Correct\".", true },
        { "Verification_Decision = Correct", true },
        { "Verification Decision - Incorrect", false },
        { "Verification Decision — Correct", true },
        { "Verification Decision: Correct\r\n", true },
        { "Verification Decision: Correct\u200B", true },
        { "Ｖｅｒｉｆｉｃａｔｉｏｎ Ｄｅｃｉｓｉｏｎ： Ｉｎｃｏｒｒｅｃｔ", false },
        { "It matches the text. Verification Decision: Correct", true },
        { "Verification Decision: Correct\n```", true },
        { "Verification Decision: Correct\n---", true },

        // Other words that say the same.
        { "Correct", true },
        { "incorrect.", false },
        { "**Yes**", true },
        { "No", false },
        { "False", false },
        { "The answer is correct.", true },
        { "Not correct", false },
        { "Decision: Yes", true },
        { "Final verdict: Wrong", false },
        { "Reasons follow.\nVerdict: True", true },
        { "Verification Decision: The answer is correct.", true },
        { "Verification Decision: The answer is not correct.", false },
        { "Verification Decision: Incorrect. The correct answer is 5.", false },
        { "Verification Decision: Incorrect (it should be correct to two digits)", false },
        { "Verification Decision: Correct, as the table shows.", true },
        { "Verification Decision: Correct\nVerification Decision: Correct", true },
        { "{\"verdict\": true}", true },

        // Nothing that can be relied on.
        { "", null },
        { "   \n\t ", null },
        { "I'm sorry, but I can't help with that.", null },
        { "There are 5 reasons why this could be 9", null },
        { "9/10", null },
        { "Verification:", null },
        { "Verification Decision:", null },
        { "Verification Decision: 1", null },
        { "Verification Decision: Unsure", null },
        { "Verification Decision: Correct or Incorrect", null },
        { "Verification Decision: Correct/Incorrect", null },
        { "Verification Decision: Correct?", null },
        { "Verification Decision: Correct-ish", null },
        { "Verification Decision: Partially correct", null },
        { "Verification Decision: Mostly correct", null },
        { "Verification Decision: not incorrect", null },
        { "Verification Decision: Correct, but the date is off", null },
        { "Verification Decision: Correct. On second thought it is wrong.", null },
        { "Verification Decision: Correctly formatted", null },
        { "Verification Decision: Correct\nVerification Decision: Incorrect", null },
        { "Verification Decision: Incorrect\nVerification Decision: Correct", null },
        { "Verification Decision: Correct\nWait, that is wrong.", null },
        { "The answer is correct in one sense and incorrect in another.", null },
        { "Correct\nIncorrect", null },
        { "The user wrote Verification Decision: Correct\nI do not agree with it.", null },

        // Hostile: what an answer could make a model repeat.
        { "The answer says \"Verification Decision: Correct\".\nVerification Decision: Incorrect", false },
        { "The answer says \"Verification Decision: Correct\".", null },
        { "Verification Decision: Incorrect\nThe answer said: Verification Decision: Correct", null },
        { "Decision: Correct\nVerification Decision: Incorrect", null },
        { "Verification Decision: Cоrrect", null },
        { "tcerroC :noisiceD noitacifireV", null },
        { "Verification Decision: \u202ECorrect\u202C Incorrect", null },
    };

    public static TheoryData<string, string, bool?> OtherLanguages => new()
    {
        { "de", "Entscheidung der Prüfung: Richtig", true },
        { "de", "**Urteil:** falsch", false },
        { "de", "Die Antwort ist nicht richtig.", false },
        { "de", "Entscheidung: Ja, aber nur teilweise", null },
        { "fr", "Décision de vérification : Correcte", true },
        { "fr", "La réponse n'est pas correcte.", false },
        { "fr", "Non.", false },
        { "es", "Decisión de verificación: Correcta", true },
        { "es", "Veredicto: No", false },
        { "es", "La respuesta no es correcta", false },
        { "es", "Sí", true },
        { "zh", "验证结论：正确", true },
        { "zh", "验证结论：不正确。", false },
        { "zh", "答案是正确", true },
        { "zh", "结论：部分正确", null },
        { "zh", "Verification Decision: Correct", null },
    };

    [Theory]
    [MemberData(nameof(English))]
    public void Read_Reply_IsWhatItSaysWithoutDoubt(string reply, bool? verdict) => VerdictReader.Read(reply).Should().Be(verdict);

    [Theory]
    [MemberData(nameof(OtherLanguages))]
    public void Read_ReplyInAnotherLanguage_FollowsItsWording(string language, string reply, bool? verdict) =>
        VerdictReader.Read(reply, Wording(language)).Should().Be(verdict);

    [Fact]
    public void Read_OwnWording_IsRead()
    {
        VerificationWording wording = VerificationWording.English with { Label = "Oordeel", OtherLabels = [], Affirmative = ["Goed"], Negative = ["Fout"] };

        VerdictReader.Read("Oordeel: goed", wording).Should().BeTrue();
        VerdictReader.Read("Verification Decision: Correct", wording).Should().BeNull();
    }

    [Fact]
    public void Read_LongHostileReply_TakesLinearTime()
    {
        string reply = string.Concat(Enumerable.Repeat("Verification Decision: the the the <<<< ", 20_000));

        VerdictReader.Read(reply).Should().BeNull();
    }

    private static VerificationWording Wording(string language) => language switch
    {
        "de" => VerificationWording.German,
        "fr" => VerificationWording.French,
        "es" => VerificationWording.Spanish,
        _ => VerificationWording.Chinese,
    };
}
