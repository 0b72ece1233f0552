using AutoMix.Learning;
using AutoMix.Policies;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AutoMix;

/// <summary>Turns collected parts into a pipeline: applies settings, validates, fills in defaults, and notes who owns what.</summary>
internal sealed class PipelineFactory
{
    private readonly PipelineParts _parts;
    private readonly List<IDisposable> _made;
    private readonly AutoMixOptions _options;
    private readonly ModelProfile[] _profiles;
    private readonly List<IVerifier> _verifiers = [];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lazy<IEmbeddingGenerator<string, Embedding<float>>?> _embeddings;

    private PipelineFactory(PipelineParts parts, List<IDisposable> made)
    {
        _parts = parts;
        _made = made;

        // The owner of the builder may go on changing its settings. The settings of the pipeline stay as they are.
        _options = parts.Options.Copy();
        _profiles = [.. parts.Models.Select(Profile)];
        PipelineValidation.Check(_profiles, _options, parts.Goal, isBudgeted: parts.Ledger is not null || _options.Budgets.Count > 0);
        _time = parts.Time ?? parts.Services?.GetService<TimeProvider>() ?? TimeProvider.System;
        _logger = (parts.Loggers ?? parts.Services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("AutoMix");
        _embeddings = new(() => parts.Services?.GetService<IEmbeddingGenerator<string, Embedding<float>>>());
    }

    /// <exception cref="AutoMixConfigurationException">A setting is missing, out of range or contradicts another.</exception>
    public static AutoMixChatClient Build(PipelineParts parts)
    {
        // If a later part fails, the parts that were created here are closed. Parts that were passed in can be used again.
        var made = new List<IDisposable>();
        try
        {
            return new(new PipelineFactory(parts, made).Build());
        }
        catch (Exception)
        {
            Disposal.OfAll(made, quietly: true);
            throw;
        }
    }

    private Pipeline Build()
    {
        AddVerifiers();
        IRoutingPolicy policy = Policy();
        IDisposable[] ownedParts = [.. _made];
        VerifierOutcomes? outcomes = _parts.Outcomes ?? _parts.Services?.GetService<VerifierOutcomes>();
        SharedCircuits? shared = _parts.Circuits is null ? null : _parts.Memory.Shared(_parts.Circuits, _time, _logger);
        return new()
        {
            Models = Models(shared),
            Profiles = _profiles,
            FreeVerifiers = [.. _verifiers.Where(v => v.IsFree)],
            PaidVerifiers = _options.PaidVerification ? [.. _verifiers.Where(v => !v.IsFree).OrderBy(v => v.Name == _options.ConfidenceFrom ? 0 : 1)] : [],
            Policy = policy,
            Options = _options,
            Time = _time,
            DeadlineTicks = _options.Deadline is { } deadline ? (long)(deadline.TotalSeconds * _time.TimestampFrequency) : long.MaxValue,
            Telemetry = new(_logger, _options.EnableSensitiveData),
            FingerprintOf = ofPolicy => PipelineFingerprint.Of(ofPolicy, _profiles, _verifiers, _options),
            CostCap = CostCap(),
            Ledger = Ledger(),
            TenantOf = _parts.TenantOf,
            ClassifyFailure = _parts.ClassifyFailure,
            ReactToFailure = _parts.ReactToFailure,
            Services = _parts.Services,
            Embeddings = _embeddings,
            OwnedParts = ownedParts,
            Outcomes = outcomes,
            VerifierWorth = new(
                _parts.Memory.Verdicts(_profiles, _options.UninformativeAfter),
                _options.UninformativeAfter,
                _options.SkipUninformative ? outcomes : null,
                _profiles[^1],
                _logger),
            Affinity = _parts.Memory.Affinity(_profiles),
            SharedCircuits = shared,
            ToolRules = new(_options.ToolMinimumModels.ToDictionary(t => t.Key, t => Array.FindIndex(_profiles, p => p.Name == t.Value), StringComparer.Ordinal), _profiles),
        };
    }

    private ModelProfile Profile(ModelPart model)
    {
        ModelProfile profile = _options.Models.TryGetValue(model.Profile.Name, out ModelOptions? declared)
            ? Configured(() => declared.ApplyTo(model.Profile), nameof(_options.Models))
            : model.Profile;
        return profile with { CountTokens = profile.CountTokens ?? _parts.CountTokens };
    }

    private void AddVerifiers()
    {
        foreach (Func<IServiceProvider?, List<IDisposable>, IVerifier> verifier in _parts.Verifiers)
        {
            _verifiers.Add(verifier(_parts.Services, _made));
        }

        if (_verifiers.Count == 0 && _parts.Policy is null && _options.PaidVerification)
        {
            _verifiers.Add(Verifiers.SelfVerification());
        }

        PipelineValidation.Check(_profiles, _verifiers);
    }

    private ChatModel[] Models(SharedCircuits? shared)
    {
        var models = new ChatModel[_profiles.Length];
        for (int i = 0; i < models.Length; i++)
        {
            ModelPart part = _parts.Models[i];
            IChatClient client = part.Client(_parts.Services)
                ?? throw new AutoMixConfigurationException($"The factory of the model '{_profiles[i].Name}' returned null. Return a client, or leave the model out.");
            if (part is { Owned: true, Made: true })
            {
                _made.Add(client);
            }

            Circuit circuit = _parts.Memory.Circuit(_profiles[i].Name, _options.Circuit, _time);
            shared?.Add(_profiles[i].Name, circuit);
            models[i] = new(i, _profiles[i], client, part.Owned, circuit);
        }

        return models;
    }

    private decimal? CostCap() =>
        !_options.LimitCost ? null
        : _options.MaxCostPerRequest ?? (Array.TrueForAll(_profiles, p => p.Price is not null) ? AutoMixOptions.DefaultMaxCostPerRequest : null);

    private IBudgetLedger? Ledger()
    {
        if (_parts.Ledger is not null)
        {
            return _options.Budgets.Count == 0
                ? _parts.Ledger
                : throw new AutoMixConfigurationException("Both a ledger and limits of budgets are set, and the ledger has limits of its own. Remove UseBudget or the setting Budgets.");
        }

        return _options.Budgets.Count == 0 ? null
            : _parts.LedgerOf is null ? _parts.Memory.Ledger(_options.Budgets, _time)
            : Configured(() => _parts.LedgerOf([.. _options.Budgets]), nameof(_options.Budgets))
                ?? throw new AutoMixConfigurationException("Share(budgets: ...) returned null for the limits of the budgets. Return a ledger, or leave it out.");
    }

    private IRoutingPolicy Policy()
    {
        ICascadePolicy? cascade = Cascade();
        if (cascade is null && !_options.Learning.Enabled && _options.ConfidenceFrom is { } from)
        {
            throw new AutoMixConfigurationException($"ConfidenceFrom is '{from}', but only a policy over numbers listens to one verifier. Set one with the setting Plan or RouteWith(ICascadePolicy), or remove ConfidenceFrom.");
        }

        IRoutingPolicy policy = _options.Learning.Enabled ? Learning(cascade)
            : cascade is ILearningPolicy learner ? _parts.Memory.Part(_profiles, () => new SnapshotPolicy(learner, Route, _options.Learning, _time), Route(learner).Fingerprint)
            : cascade is not null ? Route(cascade)
            : _parts.Policy?.Invoke(_parts.Services, _made) ?? new DayOnePolicy(_options.AcceptThreshold, _options.UnknownVerdict);
        return Rollout() is { } rollout ? new RolloutPolicy(policy, rollout) : policy;
    }

    private LearningPolicy Learning(ICascadePolicy? cascade)
    {
        var policy = new LearningPolicy(Learner(cascade));
        _made.Add(policy);
        return policy;
    }

    private CascadeRoutingPolicy Route(ICascadePolicy cascade) =>
        new(cascade, _profiles, new(cascade, _verifiers, _options.PaidVerification, _options.ConfidenceFrom), _embeddings);

    private ICascadePolicy? Cascade()
    {
        ICascadePolicy? plan = _options.Plan is { Length: > 0 } path ? Configured(() => PolicyFile.Load(path), nameof(_options.Plan)) : null;
        if (plan is not null && (_parts.Policy is not null || _parts.Cascade is not null))
        {
            throw new AutoMixConfigurationException("Both a plan and a policy are set. Remove the setting Plan or RouteWith.");
        }

        plan ??= _parts.Cascade;
        return (plan, Goal()) switch
        {
            (_, null) => plan,
            (null, _) when _options.Learning.Enabled => null,
            (null, _) => throw new AutoMixConfigurationException("KeepQuality, SpendAtMost and ErrorCosts choose among the operating points of a plan. Set a plan with the setting Plan or RouteWith(plan), or remove the goal."),
            (CascadePlan solved, { } goal) => Configured(() => solved.For(goal), "KeepQuality, SpendAtMost or ErrorCosts"),
            _ => throw new AutoMixConfigurationException(
                $"KeepQuality, SpendAtMost and ErrorCosts choose among the operating points of a plan; the policy '{plan.Name}' was trained for one goal. Remove the goal, or train the policy for it."),
        };
    }

    private Goal? Goal() => _parts.Goal ?? _options switch
    {
        { KeepQuality: { } share } => Configured(() => AutoMix.Goal.KeepQuality(share), nameof(_options.KeepQuality)),
        { SpendAtMost: { } dollars } => Configured(() => AutoMix.Goal.SpendAtMost((double)dollars), nameof(_options.SpendAtMost)),
        { ErrorCosts: { } dollars } => Configured(() => AutoMix.Goal.ErrorCosts((double)dollars), nameof(_options.ErrorCosts)),
        _ => null,
    };

    // Pipelines that are built again and again from one registration share one learner.
    private OnlineLearner Learner(ICascadePolicy? plan)
    {
        string[] models = [.. _profiles.Select(p => p.Name)];
        if (_parts.Policy is not null)
        {
            throw new AutoMixConfigurationException("Learning replaces plans over numbers, but the policy is one of your own. Remove RouteWith, or switch learning off.");
        }

        if (models.Length < 2 || Array.Exists(_profiles, p => p.Price is null))
        {
            throw new AutoMixConfigurationException("Learning weighs quality against dollars: it needs two models or more, each with a price. Declare them with FirstModel(name, price) and AddModel(name, client, price).");
        }

        if (plan is not null && !plan.Models.SequenceEqual(models))
        {
            throw new AutoMixConfigurationException($"The plan was made for the models [{string.Join(", ", plan.Models)}]; a pipeline that learns lists them in the same order, and has [{string.Join(", ", models)}].");
        }

        return _parts.Memory.Part<OnlineLearner>(_profiles, () => new(
            models,
            _options.Learning,
            Goal(),
            plan ?? ColdStart.Policy(models, _options.AcceptThreshold),
            _parts.Stores ?? (_options.Learning.Folder is { } folder ? LearningStores.In(folder, _time) : LearningStores.InMemory(_time)),
            _time,
            _logger,
            Route));
    }

    // Null if the policy answers every request and nothing can change that.
    private RolloutControl? Rollout()
    {
        if (_parts.Rollout is not null)
        {
            return _parts.Rollout;
        }

        RolloutOptions set = _options.Rollout;
        RolloutControl rollout = Configured(() => new RolloutControl(set.Mode, set.Share), nameof(_options.Rollout));
        if (Follow(rollout) is { } subscription)
        {
            _made.Add(subscription);
            return rollout;
        }

        return set is { Mode: RolloutMode.Serve, Share: 1 } ? null : rollout;
    }

    // A reloaded configuration changes the pipeline while it runs.
    private IDisposable? Follow(RolloutControl rollout)
    {
        IOptionsMonitor<AutoMixOptions>? monitor = _parts.Services?.GetService<IOptionsMonitor<AutoMixOptions>>();
        string section = _parts.OptionsName ?? Options.DefaultName;
        (RolloutMode, double) configured = monitor?.Get(section).Rollout is { } first ? (first.Mode, first.Share) : default;
        return monitor?.OnChange((changed, name) =>
        {
            if (name == section && changed.Rollout is { } now && Enum.IsDefined(now.Mode) && now.Share is >= 0 and <= 1)
            {
                // Every reload comes here, whatever it changes. A rollout that code has set meanwhile holds until its own setting changes.
                (RolloutMode mode, double share) = configured;
                configured = (now.Mode, now.Share);
                if (configured != (mode, share))
                {
                    rollout.Set(now.Mode != mode ? now.Mode : rollout.Mode, now.Share != share ? now.Share : rollout.Share);
                }
            }
        });
    }

    // The message of the cause names the expected value and the remedy. A parameter name of this library says nothing to the author of a setting.
    private static T Configured<T>(Func<T> read, string setting)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException or PlanFormatException)
        {
            string message = e is ArgumentException { ParamName: { } parameter } ? e.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal) : e.Message;
            throw new AutoMixConfigurationException($"The setting {setting} cannot be followed: {message}", e);
        }
    }
}
