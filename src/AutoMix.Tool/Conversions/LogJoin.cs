using AutoMix.Tool.Collect;
using AutoMix.Tool.Collect.Grading;

namespace AutoMix.Tool.Conversions;

/// <summary>
/// Puts calls of several models to the same question together and grades them: by the references of a question file, or by agreement with one
/// of the models, which then counts as always right.
/// </summary>
internal sealed class LogJoin
{
    private readonly Dictionary<(string? Id, string System, string Prompt), Dictionary<string, LoggedCall>> _questions = [];
    private readonly List<string> _models = [];

    /// <summary>Entries of the log that are no single question with an answer in text: failures, tools, conversations.</summary>
    public int Skipped { get; private set; }

    /// <summary>Calls in all.</summary>
    public int Calls { get; private set; }

    /// <summary>The models, in the order of their appearance.</summary>
    public IReadOnlyList<string> Models => _models;

    public void Add(LoggedCall? call)
    {
        if (call is null)
        {
            Skipped++;
            return;
        }

        Calls++;
        (string?, string, string) key = (call.QuestionId, call.System, call.Prompt);
        if (!_questions.TryGetValue(key, out Dictionary<string, LoggedCall>? answers))
        {
            _questions[key] = answers = new(StringComparer.Ordinal);
        }

        // The same question asked again: one answer of each model is as good as another, and the first is kept.
        answers.TryAdd(call.Model, call);
        if (!_models.Contains(call.Model))
        {
            _models.Add(call.Model);
        }
    }

    /// <param name="models">The models to keep, cheapest first.</param>
    /// <param name="priceOf">The price of a model where the log does not say what a call cost.</param>
    /// <param name="grade">Whether an answer to a question is correct; null where the question cannot be graded.</param>
    public IEnumerable<TraceRecord> Records(IReadOnlyList<string> models, Func<string, ModelPrice?> priceOf, Func<LoggedCall, IReadOnlyDictionary<string, LoggedCall>, bool?> grade)
    {
        int number = 0;
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (((string? id, string system, string prompt), Dictionary<string, LoggedCall> answers) in _questions)
        {
            number++;
            if (!models.All(answers.ContainsKey))
            {
                continue;
            }

            LoggedCall[] calls = [.. models.Select(model => answers[model])];
            bool?[] grades = [.. calls.Select(call => grade(call, answers))];
            if (grades.Any(known => known is null))
            {
                continue;
            }

            yield return new TraceRecord
            {
                Id = id is { Length: > 0 } && ids.Add(id) ? id : $"question-{number}",
                System = system,
                Prompt = prompt,
                Answers = [.. calls.Zip(grades, (call, correct) => new TraceAnswer
                {
                    Model = call.Model,
                    Answer = call.Answer,
                    Quality = correct == true ? 1 : 0,
                    InputTokens = call.InputTokens,
                    OutputTokens = call.OutputTokens,
                    AnswerCost = (double)(call.Cost ?? priceOf(call.Model)?.CostOf(call.InputTokens, call.OutputTokens) ?? 0),
                    Seconds = call.Seconds,
                })],
            };
        }
    }

    /// <summary>The number of different questions.</summary>
    public int Questions => _questions.Count;

    /// <summary>Models of which some call has neither a logged cost nor a price.</summary>
    public IEnumerable<string> Unpriced(IReadOnlyList<string> models, Func<string, ModelPrice?> priceOf) => models.Where(model =>
        priceOf(model) is null && _questions.Values.Any(answers => answers.TryGetValue(model, out LoggedCall? call) && call.Cost is null));

    /// <summary>Grades by the references of questions, which are found by their id or by their prompt.</summary>
    public static Func<LoggedCall, IReadOnlyDictionary<string, LoggedCall>, bool?> ByReferences(IReadOnlyList<Question> questions, GradeKind kind)
    {
        Dictionary<string, Question> byId = questions.ToDictionary(question => question.Id, StringComparer.Ordinal);
        ILookup<string, Question> byPrompt = questions.ToLookup(question => question.Prompt, StringComparer.Ordinal);
        return (call, _) =>
            (call.QuestionId is { } id && byId.TryGetValue(id, out Question? question) ? question : byPrompt[call.Prompt].FirstOrDefault()) is { References.Count: > 0 } found
                ? Grades.IsCorrect(kind, call.Answer, found.References)
                : null;
    }

    /// <summary>Grades by agreement with a model.</summary>
    public static Func<LoggedCall, IReadOnlyDictionary<string, LoggedCall>, bool?> ByModel(string model, GradeKind kind) =>
        (call, answers) => answers.TryGetValue(model, out LoggedCall? reference) ? call.Model == model || Grades.IsCorrect(kind, call.Answer, [reference.Answer]) : null;
}
