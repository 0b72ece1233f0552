using AutoMix.Learning;
using AutoMix.Policies;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AutoMix;

// From what was set to a pipeline: checks, defaults, and who owns what.
public sealed partial class AutoMixBuilder
{
    private AutoMixChatClient Build(List<IDisposable> made)
    {
        // Whoever keeps the builder may go on changing its settings; the pipeline's stay as they are.
        AutoMixOptions options = Options.Copy();
        ModelProfile[] profiles = [.. _models.Select(m => m.Profile)];
        for (int i = 0; i < profiles.Length; i++)
        {
            if (options.Models.TryGetValue(profiles[i].Name, out ModelOptions? declared))
            {
                ModelProfile coded = profiles[i];
                profiles[i] = Configured(() => declared.ApplyTo(coded), nameof(options.Models));
            }

            profiles[i] = profiles[i] with { CountTokens = profiles[i].CountTokens ?? _countTokens };
        }

        bool budgeted = _ledger is not null || options.Budgets.Count > 0;
        PipelineValidation.Check(profiles, options, budgeted);
        TimeProvider time = _time ?? Services?.GetService<TimeProvider>() ?? TimeProvider.System;
        ILogger logger = (_loggers ?? Services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("AutoMix");
        var verifiers = new List<IVerifier>(_verifiers.Count + 1);
        foreach (Func<IServiceProvider?, List<IDisposable>, IVerifier> verifier in _verifiers)
        {
            verifiers.Add(verifier(Services, made));
        }

        ICascadePolicy? cascade = CascadeFor(options);
        if (cascade is null && !options.Learning.Enabled && options.ConfidenceFrom is { } from)
        {
            throw new AutoMixConfigurationException($"ConfidenceFrom is '{from}', but only a policy over numbers listens to one verifier. Set one with UsePlan or RouteWith(ICascadePolicy), or remove ConfidenceFrom.");
        }

        if (verifiers.Count == 0 && _policy is null && !_withoutVerification)
        {
            verifiers.Add(Verifiers.SelfVerification());
        }

        if (verifiers.GroupBy(v => v.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new AutoMixConfigurationException($"Two verifiers are called '{twice.Key}'. Give one another name, as with verifier.Named(\"{twice.Key}-2\"), so that verdicts can be told apart.");
        }

        foreach (IVerifier verifier in verifiers)
        {
            PipelineValidation.CheckAsked(profiles, verifier);
        }

        CascadeRoutingPolicy Route(ICascadePolicy numbers) => new(numbers, profiles, new(numbers, verifiers, !_withoutVerification, options.ConfidenceFrom), Services);
        OnlineLearner? learner = options.Learning.Enabled ? LearnerFor(options, profiles, cascade, time, logger, Route) : null;
        IRoutingPolicy policy = learner is not null ? new LearningPolicy(learner)
            : cascade is not null ? Route(cascade)
            : _policy?.Invoke(Services, made) ?? new DayOnePolicy(options.AcceptThreshold, options.UnknownVerdict);
        if (RolloutFor(options, made) is { } rollout)
        {
            policy = new RolloutPolicy(policy, rollout);
        }

        IDisposable[] parts = [.. made];
        SharedCircuits? shared = _circuitStore is null ? null : Memory.Shared(_circuitStore, time, logger);
        var models = new ChatModel[profiles.Length];
        for (int i = 0; i < models.Length; i++)
        {
            IChatClient client = _models[i].Client(Services)
                ?? throw new AutoMixConfigurationException($"The factory of the model '{profiles[i].Name}' returned null. Return a client, or leave the model out.");
            if (_models[i] is { Owned: true, Made: true })
            {
                made.Add(client);
            }

            Circuit circuit = Memory.Circuit(profiles[i].Name, options.Circuit, time);
            shared?.Add(profiles[i].Name, circuit);
            models[i] = new(i, profiles[i], client, _models[i].Owned, circuit);
        }

        return new(new Pipeline
        {
            Models = models,
            Profiles = profiles,
            FreeVerifiers = [.. verifiers.Where(v => v.IsFree)],
            PaidVerifiers = _withoutVerification ? [] : [.. verifiers.Where(v => !v.IsFree).OrderBy(v => v.Name == options.ConfidenceFrom ? 0 : 1)],
            Policy = policy,
            Options = options,
            Time = time,
            DeadlineTicks = options.Deadline is { } deadline ? (long)(deadline.TotalSeconds * time.TimestampFrequency) : long.MaxValue,
            Telemetry = new(logger, options.EnableSensitiveData),
            Learner = learner,
            FingerprintOf = ofPolicy => PipelineFingerprint.Of(ofPolicy, profiles, verifiers, options, _withoutVerification),
            CostCap = options.CostCapIsSet || Array.TrueForAll(profiles, p => p.Price is not null) ? options.MaxCostPerRequest : null,
            Ledger = LedgerFor(options, time),
            TenantOf = _tenantOf,
            ClassifyFailure = _classify,
            ReactToFailure = _react,
            Services = Services,
            OwnedParts = parts,
            VerifierWatch = Memory.Watch(profiles, options.UninformativeAfter),
            Outcomes = options.SkipUninformative ? _outcomes ?? Services?.GetService<VerifierOutcomes>() : null,
            Affinity = Memory.Affinity(profiles),
            SharedCircuits = shared,
            ToolMinimum = options.ToolMinimumModels.ToDictionary(t => t.Key, t => Array.FindIndex(profiles, p => p.Name == t.Value), StringComparer.Ordinal),
        });
    }

    private IBudgetLedger? LedgerFor(AutoMixOptions options, TimeProvider time)
    {
        if (_ledger is not null)
        {
            return options.Budgets.Count == 0
                ? _ledger
                : throw new AutoMixConfigurationException("Both a ledger and limits of budgets are set, and the ledger has limits of its own. Remove UseBudget, or Budget and the setting Budgets.");
        }

        return options.Budgets.Count == 0 ? null
            : _ledgerOf is null ? Memory.Ledger(options.Budgets, time)
            : Configured(() => _ledgerOf([.. options.Budgets.Select(b => new BudgetLimit(b.Dollars, b.Window))]), nameof(options.Budgets))
                ?? throw new AutoMixConfigurationException("ShareBudgets returned null for the limits of the budgets. Return a ledger, or leave ShareBudgets out.");
    }

    // Null where nothing but the policy can ever answer. A configuration that is reloaded changes the pipeline while it runs.
    private Rollout? RolloutFor(AutoMixOptions options, List<IDisposable> made)
    {
        if (_rollout is not null)
        {
            return _rollout;
        }

        RolloutOptions set = options.Rollout;
        Rollout rollout = Configured(() => new Rollout(set.Mode, set.Share), nameof(options.Rollout));
        IOptionsMonitor<AutoMixOptions>? monitor = Services?.GetService<IOptionsMonitor<AutoMixOptions>>();
        string section = _optionsName ?? Microsoft.Extensions.Options.Options.DefaultName;
        (RolloutMode, double) configured = monitor?.Get(section).Rollout is { } first ? (first.Mode, first.Share) : default;
        if (monitor?.OnChange((changed, name) =>
        {
            if (name == section && changed.Rollout is { } now && Enum.IsDefined(now.Mode) && now.Share is >= 0 and <= 1)
            {
                // Every reload comes here, whatever it changes: what was set in code meanwhile holds until its own setting changes.
                (RolloutMode mode, double share) = configured;
                configured = (now.Mode, now.Share);
                if (configured != (mode, share))
                {
                    rollout.Set(now.Mode != mode ? now.Mode : rollout.Mode, now.Share != share ? now.Share : rollout.Share);
                }
            }
        }) is { } subscription)
        {
            made.Add(subscription);
            return rollout;
        }

        return set is { Mode: RolloutMode.Serve, Share: 1 } ? null : rollout;
    }

    private ICascadePolicy? CascadeFor(AutoMixOptions options)
    {
        ICascadePolicy? plan = _plan ?? (options.Plan is { Length: > 0 } path ? Configured(() => PolicyFile.Load(path), "Plan or UsePlan") : null);
        if (plan is not null && (_policy is not null || _cascade is not null))
        {
            throw new AutoMixConfigurationException("Both a plan and a policy are set. Remove UsePlan (or the setting Plan) or RouteWith.");
        }

        plan ??= _cascade;
        Goal? goal = GoalOf(options);
        return (plan, goal) switch
        {
            (_, null) => plan,
            (null, _) when options.Learning.Enabled => null,
            (null, _) => throw new AutoMixConfigurationException("KeepQuality, SpendAtMost and ErrorCosts choose among the operating points of a plan. Set one with UsePlan, or the setting Plan."),
            (CascadePlan solved, _) => Configured(() => solved.For(goal), "KeepQuality, SpendAtMost or ErrorCosts"),
            _ => throw new AutoMixConfigurationException(
                $"KeepQuality, SpendAtMost and ErrorCosts choose among the operating points of a plan; the policy '{plan.Name}' was trained for one goal. Remove the goal, or train the policy for it."),
        };
    }

    private static Goal? GoalOf(AutoMixOptions options) => options switch
    {
        { KeepQuality: { } share } => Configured(() => Goal.KeepQuality(share), nameof(options.KeepQuality)),
        { SpendAtMost: { } dollars } => Configured(() => Goal.SpendAtMost((double)dollars), nameof(options.SpendAtMost)),
        { ErrorCosts: { } dollars } => Configured(() => Goal.ErrorCosts((double)dollars), nameof(options.ErrorCosts)),
        _ => null,
    };

    // Pipelines that are built again and again from one registration learn as one.
    private OnlineLearner LearnerFor(
        AutoMixOptions options, ModelProfile[] profiles, ICascadePolicy? plan, TimeProvider time, ILogger logger, Func<ICascadePolicy, CascadeRoutingPolicy> route)
    {
        options.Learning.Check();
        string[] models = [.. profiles.Select(p => p.Name)];
        if (_policy is not null)
        {
            throw new AutoMixConfigurationException("Learning replaces plans over numbers, but the policy is one of your own. Remove RouteWith, or switch learning off.");
        }

        if (models.Length < 2 || Array.Exists(profiles, p => p.Price is null))
        {
            throw new AutoMixConfigurationException("Learning weighs quality against dollars: it needs two models or more, each with a price. Declare them with Price(...) and AddModel(name, client, price).");
        }

        if (plan is not null && !plan.Models.SequenceEqual(models))
        {
            throw new AutoMixConfigurationException($"The plan was made for the models [{string.Join(", ", plan.Models)}]; a pipeline that learns lists them in the same order, and has [{string.Join(", ", models)}].");
        }

        return Memory.Learner(profiles, () => new(
            models,
            options.Learning,
            GoalOf(options),
            plan ?? ColdStart.Policy(models, options.AcceptThreshold),
            _stores ?? (options.Learning.Folder is { } folder ? LearningStores.In(folder, time) : LearningStores.InMemory(time)),
            time,
            logger,
            route));
    }

    // The message of the cause says what is expected and what to do.
    private static T Configured<T>(Func<T> read, string setting)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException or PlanFormatException)
        {
            // The name of a parameter of ours says nothing to who wrote the setting.
            string message = e is ArgumentException { ParamName: { } parameter } ? e.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal) : e.Message;
            throw new AutoMixConfigurationException($"The setting {setting} cannot be followed: {message}", e);
        }
    }
}
