using AutoMix.LogProbabilities;
using AutoMix.Tool.Collect.Grading;
using AutoMix.Tool.Providers;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Collect;

/// <summary>Asks every model every question, verifies and grades. What has been asked before comes from the journal.</summary>
internal sealed class Collection
{
    // A model that fails so often in a row will not recover for the next question.
    private const int MostFailuresInARow = 10;
    private const double MillisecondsPerSecond = 1000;
    private readonly CollectionParts _parts;
    private readonly TraceAnswer?[,] _answers;
    private readonly int[] _failed;
    private readonly int[] _failedInARow;
    private readonly CancellationTokenSource _stop;
    private string? _stopped;

    public Collection(CollectionParts parts, CancellationToken cancellationToken)
    {
        _parts = parts;
        _answers = new TraceAnswer?[parts.Questions.Count, parts.Models.Count];
        _failed = new int[parts.Models.Count];
        _failedInARow = new int[parts.Models.Count];
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Why it ended early; null where it did not.</summary>
    public string? Stopped => _stopped;

    /// <summary>What went wrong, by model, once each.</summary>
    public SortedSet<string> Problems { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs to the end, or until nothing more may or can be asked. Calls that run are waited for.</summary>
    /// <exception cref="FormatException">A reference cannot be used for this kind of grade.</exception>
    public async Task RunAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, _parts.Models.Count).Select(RunAsync)).ConfigureAwait(false);
        if (_stop.IsCancellationRequested)
        {
            _stopped ??= "interrupted";
        }
    }

    /// <summary>The questions that every model has answered, in order.</summary>
    public IEnumerable<TraceRecord> Records() => Enumerable.Range(0, _parts.Questions.Count)
        .Select(question => (Question: _parts.Questions[question], Answers: Enumerable.Range(0, _parts.Models.Count).Select(model => _answers[question, model]).ToArray()))
        .Where(row => row.Answers.All(answer => answer is not null))
        .Select(row => new TraceRecord
        {
            Id = row.Question.Id,
            Dataset = row.Question.Dataset,
            Split = row.Question.Split,
            System = row.Question.System,
            Prompt = row.Question.Prompt,
            Answers = row.Answers!,
        });

    /// <summary>Answers of a model that could not be had.</summary>
    public int Failed(int model) => _failed[model];

    private async Task RunAsync(int model)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = _parts.Models[model].Provider.Concurrency };
        await Parallel.ForEachAsync(Enumerable.Range(0, _parts.Questions.Count), options, async (question, _) =>
        {
            if (!_stop.IsCancellationRequested)
            {
                await AnswerAsync(question, model).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private async Task AnswerAsync(int question, int model)
    {
        int before = _parts.Progress.Calls;
        try
        {
            _answers[question, model] = await AnswerAsync(_parts.Questions[question], _parts.Models[model]).ConfigureAwait(false);
            _failedInARow[model] = 0;
            _parts.Progress.Finished(asked: _parts.Progress.Calls > before);
        }
        catch (CostCapException)
        {
            Stop("--max-cost is reached");
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nothing was asked.
        }
        catch (FormatException)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        catch (Exception e)
        {
            Interlocked.Increment(ref _failed[model]);
            string problem = $"{_parts.Models[model].Name}: {e.Message}";
            lock (Problems)
            {
                Problems.Add(problem);
            }

            if (FailureClassifier.Classify(e) == FailureKind.Authentication || Interlocked.Increment(ref _failedInARow[model]) >= MostFailuresInARow)
            {
                Stop(problem);
            }
        }
    }

    private void Stop(string why)
    {
        Interlocked.CompareExchange(ref _stopped, why, null);
        _stop.Cancel();
    }

    private async Task<TraceAnswer> AnswerAsync(Question question, ModelUnderCollection model)
    {
        ChatMessage user = new(ChatRole.User, question.Prompt);
        ChatMessage[] messages = question.System.Length == 0 ? [user] : [new(ChatRole.System, question.System), user];
        CollectedCall call = CollectedCall.Of(model.Provider, question, CallPurpose.Answer, messages.Select(message => message.Text), messages, AnswerOptions(model.Provider));
        CallRecord answer = await _parts.Calls.AskAsync(model, call, _stop.Token).ConfigureAwait(false);
        bool correct = await GradeAsync(question, answer).ConfigureAwait(false);
        double? confidence = null;
        decimal verifyCost = 0;
        if (_parts.Verifier is { } verifier)
        {
            using var asks = new VerificationClient(_parts.Calls, model, question, answer, _stop.Token);
            var context = new VerificationContext(messages, null, VerificationClient.Response(answer), model.Name, asks);
            Verdict verdict = await verifier.VerifyAsync(context, _stop.Token).ConfigureAwait(false);
            confidence = verdict.Kind == VerdictKind.Confidence ? verdict.Confidence : null;
            verifyCost = asks.Made.Sum(made => CostOf(model, made));
        }

        return new TraceAnswer
        {
            Model = model.Name,
            Answer = answer.Text,
            Quality = correct ? 1 : 0,
            Confidence = confidence,
            InputTokens = answer.InputTokens,
            OutputTokens = answer.OutputTokens,
            AnswerCost = (double)CostOf(model, answer),
            VerifyCost = (double)verifyCost,
            Seconds = answer.Milliseconds / MillisecondsPerSecond,
        };
    }

    private ChatOptions AnswerOptions(ProviderOptions provider)
    {
        var options = new ChatOptions { Temperature = provider.Temperature, MaxOutputTokens = provider.MaxOutputTokens };
        if (_parts.AsksLogProbabilities && provider.Endpoint is not null)
        {
            OpenAILogProbabilityProtocol.Instance.Request(options, 1);
        }

        return options;
    }

    private async Task<bool> GradeAsync(Question question, CallRecord answer)
    {
        if (_parts.Judge is not { } judge)
        {
            return Grades.IsCorrect(_parts.Grade, answer.Text, question.References);
        }

        return await judge.GradeAsync(question, answer, _stop.Token).ConfigureAwait(false)
            ?? throw new InvalidOperationException("the judge said neither correct nor incorrect");
    }

    private static decimal CostOf(ModelUnderCollection model, CallRecord call) => model.Price?.CostOf(call.InputTokens, call.OutputTokens, call.CachedInputTokens) ?? 0;
}
