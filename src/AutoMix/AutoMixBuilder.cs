using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AutoMix.Learning;
using AutoMix.Policies;
using AutoMix.Stores;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AutoMix;

/// <summary>Puts an <see cref="AutoMixChatClient"/> together.</summary>
/// <remarks>
/// Models stand in the order in which they are added, cheapest first. What is not said has a safe default; what contradicts
/// itself is an <see cref="AutoMixConfigurationException"/> when the client is built.
/// </remarks>
public sealed class AutoMixBuilder
{
    private readonly List<ModelEntry> _models = [];
    private readonly List<Func<IServiceProvider?, List<IDisposable>, IVerifier>> _verifiers = [];
    private readonly IServiceProvider? _services;
    private Func<IServiceProvider?, List<IDisposable>, IRoutingPolicy>? _policy;
    private ICascadePolicy? _plan;
    private ICascadePolicy? _cascade;
    private IBudgetLedger? _ledger;
    private Func<ChatOptions?, string?>? _tenantOf;
    private Func<Exception, FailureKind?>? _classify;
    private Func<CallFailure, FailureReaction?>? _react;
    private Func<string, int>? _countTokens;
    private TimeProvider? _time;
    private ILoggerFactory? _loggers;
    private readonly string? _optionsName;
    private Rollout? _rollout;
    private VerifierOutcomes? _outcomes;
    private LearningStores? _stores;
    private ICircuitStore? _circuitStore;
    private bool _withoutVerification;

    /// <summary>A builder without an inner client: all models are added.</summary>
    /// <param name="services">The services of the application, if any.</param>
    /// <param name="optionsName">The name of the pipeline's own <see cref="AutoMixOptions"/>; the unnamed ones where null.</param>
    public AutoMixBuilder(IServiceProvider? services = null, string? optionsName = null)
    {
        _services = services;
        _optionsName = optionsName;
        AutoMixOptions? configured = optionsName is null
            ? services?.GetService<IOptions<AutoMixOptions>>()?.Value
            : services?.GetService<IOptionsMonitor<AutoMixOptions>>()?.Get(optionsName);
        Options = configured is null ? new() : Copy(configured);
    }

    /// <summary>A builder whose first model is <paramref name="inner"/>.</summary>
    /// <param name="inner">The first model. The pipeline owns it.</param>
    /// <param name="services">The services of the application, if any.</param>
    /// <param name="optionsName">The name of the pipeline's own <see cref="AutoMixOptions"/>; the unnamed ones where null.</param>
    public AutoMixBuilder(IChatClient inner, IServiceProvider? services = null, string? optionsName = null)
        : this(services, optionsName)
    {
        ArgumentNullException.ThrowIfNull(inner);
        string name = inner.GetService<ChatClientMetadata>()?.DefaultModelId is { Length: > 0 } id ? id : "first";
        _models.Add(new(new() { Name = name }, _ => inner, Owned: true));
    }

    /// <summary>The settings that a configuration file can say too; taken from the application's registered options where there are any.</summary>
    public AutoMixOptions Options { get; }

    /// <summary>What the pipeline shares with others of the same registration; its own where there is none.</summary>
    internal PipelineMemory Memory { get; init; } = new();

    /// <summary>Names the first model; without this, its client's default model id is its name.</summary>
    /// <param name="name">The name in policies, records and telemetry.</param>
    public AutoMixBuilder Name(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Profile(p => p with { Name = name });
    }

    /// <summary>Sets the price of the first model.</summary>
    /// <param name="price">What it charges.</param>
    public AutoMixBuilder Price(ModelPrice price)
    {
        ArgumentNullException.ThrowIfNull(price);
        return Profile(p => p with { Price = price });
    }

    /// <summary>Declares what the first model can take.</summary>
    /// <param name="change">From the profile so far to the new one.</param>
    public AutoMixBuilder Profile(Func<ModelProfile, ModelProfile> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (_models.Count == 0)
        {
            throw new AutoMixConfigurationException("There is no first model to describe. Add one with AddModel, whose parameters take a price and a profile.");
        }

        _models[0] = _models[0] with { Profile = Changed(_models[0].Profile, change) };
        return this;
    }

    /// <summary>Adds a model.</summary>
    /// <param name="name">Its name in policies, records and telemetry.</param>
    /// <param name="client">Its client.</param>
    /// <param name="price">What it charges; null where unknown.</param>
    /// <param name="profile">Declares what it can take.</param>
    /// <param name="leaveOpen">Whether the client stays open when the pipeline is disposed.</param>
    public AutoMixBuilder AddModel(string name, IChatClient client, ModelPrice? price = null, Func<ModelProfile, ModelProfile>? profile = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(client);
        return Add(name, _ => client, price, profile, owned: !leaveOpen);
    }

    /// <summary>Adds a model whose client is made when the pipeline is built.</summary>
    /// <param name="name">Its name in policies, records and telemetry.</param>
    /// <param name="factory">Makes the client.</param>
    /// <param name="price">What it charges; null where unknown.</param>
    /// <param name="profile">Declares what it can take.</param>
    /// <param name="leaveOpen">Whether the client stays open when the pipeline is disposed, as one that the factory takes from the services must.</param>
    public AutoMixBuilder AddModel(string name, Func<IServiceProvider, IChatClient> factory, ModelPrice? price = null, Func<ModelProfile, ModelProfile>? profile = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Add(name, services => factory(services ?? NoServices.Instance), price, profile, owned: !leaveOpen, made: true);
    }

    /// <summary>Adds a model whose client is a keyed service. The container owns it.</summary>
    /// <param name="name">Its name in policies, records and telemetry.</param>
    /// <param name="price">What it charges; null where unknown.</param>
    /// <param name="profile">Declares what it can take.</param>
    /// <param name="serviceKey">The key of the service; the name where null.</param>
    public AutoMixBuilder AddKeyedModel(string name, ModelPrice? price = null, Func<ModelProfile, ModelProfile>? profile = null, object? serviceKey = null) =>
        Add(
            name,
            services => services?.GetKeyedService<IChatClient>(serviceKey ?? name)
                ?? throw new AutoMixConfigurationException(
                    $"There is no chat client with the key '{serviceKey ?? name}' for the model '{name}'. Register it with services.AddKeyedChatClient(\"{serviceKey ?? name}\", ...)."),
            price,
            profile,
            owned: false);

    /// <summary>
    /// Adds a verifier. Without any, the answering model verifies itself with eight votes, except under a policy of your own
    /// (<see cref="IRoutingPolicy"/>), which verifies with what is added here only.
    /// </summary>
    /// <param name="verifier">The verifier.</param>
    public AutoMixBuilder VerifyWith(IVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        _verifiers.Add((_, _) => verifier);
        return this;
    }

    /// <summary>Adds a verifier from a delegate.</summary>
    /// <param name="verify">
    /// Returns a confidence in [0, 1], unknown, or a rejection. NaN or a number outside [0, 1] is unknown, with a reason that names it.
    /// </param>
    /// <param name="name">Its name in records and telemetry.</param>
    /// <param name="isFree">Whether it makes no call, so that it runs on every answer.</param>
    public AutoMixBuilder VerifyWith(Func<VerificationContext, CancellationToken, ValueTask<Verdict>> verify, string? name = null, bool isFree = true) =>
        VerifyWith(Verifiers.FromDelegate(verify, name ?? $"delegate-{_verifiers.Count}", isFree));

    /// <summary>Adds a verifier that is resolved from the services, or made from them.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public AutoMixBuilder VerifyWith<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IVerifier
    {
        _verifiers.Add(Resolve<T>);
        return this;
    }

    /// <summary>
    /// Lets reported outcomes decide which paid verifiers tell anything (<see cref="AutoMixOptions.SkipUninformative"/>). Without this,
    /// those registered as a service do, if any.
    /// </summary>
    /// <param name="outcomes">The outcomes, which may be shared by several pipelines.</param>
    public AutoMixBuilder LearnTrustFrom(VerifierOutcomes outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        _outcomes = outcomes;
        return this;
    }

    /// <summary>Leaves paid verification out: the free checks are all that stands between the first model and the caller.</summary>
    public AutoMixBuilder WithoutVerification()
    {
        _withoutVerification = true;
        return this;
    }

    /// <summary>Sets the policy.</summary>
    /// <param name="policy">The policy.</param>
    public AutoMixBuilder RouteWith(IRoutingPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        (_policy, _cascade) = ((_, _) => policy, null);
        return this;
    }

    /// <summary>Sets the policy to one over numbers, as it was fitted and evaluated offline.</summary>
    /// <param name="policy">The policy; its models are the pipeline's, by name.</param>
    public AutoMixBuilder RouteWith(ICascadePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        (_policy, _cascade) = (null, policy);
        return this;
    }

    /// <summary>
    /// Sets the policy to one that was trained on your own traces: a plan, or any other of the registry, such as the mixture that
    /// the default family trains. It decides as it does offline.
    /// </summary>
    /// <param name="path">The file that <see cref="PolicyFile.Save(ICascadePolicy, string)"/> or <see cref="CascadePlan.Save(string)"/> wrote.</param>
    public AutoMixBuilder UsePlan(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Options.Plan = path;
        _plan = null;
        return this;
    }

    /// <summary>Sets the policy to a plan that was trained on your own traces.</summary>
    /// <param name="plan">The plan.</param>
    public AutoMixBuilder UsePlan(CascadePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        return this;
    }

    /// <summary>
    /// Names the one verifier that a policy over numbers listens to. Without it, a policy that was made from confidences that come
    /// free with the answer listens to the lowest of the free verifiers, and one whose confidences are paid for to the paid ones.
    /// </summary>
    /// <param name="verifier">The verifier's name.</param>
    public AutoMixBuilder ConfidenceFrom(string verifier)
    {
        ArgumentException.ThrowIfNullOrEmpty(verifier);
        Options.ConfidenceFrom = verifier;
        return this;
    }

    /// <summary>
    /// The plan keeps a share of the best single model's quality at the least cost. Replaces any goal set before, in the options too.
    /// </summary>
    /// <param name="share">In (0, 1]; 0.99 keeps 99 %.</param>
    public AutoMixBuilder KeepQuality(double share) => Want(o => o.KeepQuality = share);

    /// <summary>The plan answers as well as possible for so many dollars per thousand requests. Replaces any goal set before, in the options too.</summary>
    /// <param name="dollarsPerThousand">More than 0.</param>
    public AutoMixBuilder SpendAtMost(double dollarsPerThousand) => Want(o => o.SpendAtMost = dollarsPerThousand);

    /// <summary>The plan minimises the sum of what is spent and what wrong answers cost. Replaces any goal set before, in the options too.</summary>
    /// <param name="dollars">What one wrong answer costs, more than 0.</param>
    public AutoMixBuilder ErrorCosts(double dollars) => Want(o => o.ErrorCosts = dollars);

    /// <summary>Sets the policy to a delegate.</summary>
    /// <param name="decide">The next decision.</param>
    /// <param name="name">Its name in records and telemetry.</param>
    public AutoMixBuilder RouteWith(Func<RoutingState, CancellationToken, ValueTask<RoutingDecision>> decide, string name = "delegate")
    {
        ArgumentNullException.ThrowIfNull(decide);
        return RouteWith(new DelegateRoutingPolicy(decide, name));
    }

    /// <summary>Sets the policy to one that is resolved from the services, or made from them.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public AutoMixBuilder RouteWith<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IRoutingPolicy
    {
        (_policy, _cascade) = (Resolve<T>, null);
        return this;
    }

    /// <summary>Sets the confidence from which on the uncalibrated policy accepts.</summary>
    /// <param name="threshold">In [0, 1].</param>
    public AutoMixBuilder AcceptAt(double threshold)
    {
        Options.AcceptThreshold = threshold;
        return this;
    }

    /// <summary>Sets the most dollars one request may cost. Every model then needs a price.</summary>
    /// <param name="dollars">Verification included.</param>
    public AutoMixBuilder MaxCostPerRequest(decimal dollars)
    {
        Options.MaxCostPerRequest = dollars;
        return this;
    }

    /// <summary>Sets the longest one call and one request may take.</summary>
    /// <param name="attempt">One call; null for no limit.</param>
    /// <param name="deadline">One request; null for no limit.</param>
    public AutoMixBuilder TimeLimits(TimeSpan? attempt, TimeSpan? deadline)
    {
        Options.AttemptTimeout = attempt;
        Options.Deadline = deadline;
        return this;
    }

    /// <summary>Changes the settings.</summary>
    /// <param name="configure">Changes <see cref="Options"/>.</param>
    public AutoMixBuilder Configure(Action<AutoMixOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Options);
        return this;
    }

    /// <summary>
    /// Learns while it runs: from outcomes that are reported (<see cref="OutcomeExtensions.ReportOutcome"/>), with a small share of
    /// requests that all models answer on purpose. It starts with the plan, if there is one, and with the rule of the first day otherwise.
    /// </summary>
    /// <param name="configure">Changes the settings.</param>
    public AutoMixBuilder Learn(Action<LearningOptions>? configure = null)
    {
        Options.Learning.Enabled = true;
        configure?.Invoke(Options.Learning);
        return this;
    }

    /// <summary>Shares what is learned with other processes.</summary>
    /// <param name="counts">The evidence.</param>
    /// <param name="plans">The plans.</param>
    /// <param name="leases">Who makes them.</param>
    public AutoMixBuilder ShareLearning(ICountStore counts, IPlanStore plans, ILeaseStore leases)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(plans);
        ArgumentNullException.ThrowIfNull(leases);
        _stores = new(counts, plans, leases);
        return this;
    }

    /// <summary>
    /// Shares with other processes which models are being left alone: what one finds out spares the others the failures. Reports go out
    /// in the background, the others' are read about once a second while requests come; no request waits for the store, and where it
    /// fails each process goes on with its own circuits.
    /// </summary>
    /// <param name="circuits">The store. The models' names are the same in all processes.</param>
    public AutoMixBuilder ShareCircuits(ICircuitStore circuits)
    {
        ArgumentNullException.ThrowIfNull(circuits);
        _circuitStore = circuits;
        return this;
    }

    /// <summary>
    /// Shadow mode: the policy decides and its decision is recorded (<see cref="RoutingRecord.Rollout"/>), and the largest model's
    /// answer is returned, always. It costs the policy's calls on top, and shows what they would save.
    /// </summary>
    public AutoMixBuilder Shadow() => Configure(o => o.Rollout.Mode = RolloutMode.Shadow);

    /// <summary>The policy answers a share of the requests, and the largest model alone the others.</summary>
    /// <param name="share">In [0, 1].</param>
    public AutoMixBuilder Canary(double share) => Configure(o => (o.Rollout.Mode, o.Rollout.Share) = (RolloutMode.Serve, share));

    /// <summary>Hands the rollout to an object that changes it while the pipeline runs: the kill switch. It replaces <see cref="AutoMixOptions.Rollout"/>.</summary>
    /// <param name="rollout">The rollout, which may be shared by several pipelines.</param>
    public AutoMixBuilder UseRollout(Rollout rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        _rollout = rollout;
        return this;
    }

    /// <summary>Keeps a budget over time. Every model then needs a price.</summary>
    /// <param name="ledger">The ledger, which may be shared by several pipelines.</param>
    /// <param name="tenantOf">
    /// The key of the budget from the request's options; without it, the value of <see cref="RequestTags.Tenant"/> in their
    /// additional properties.
    /// </param>
    public AutoMixBuilder UseBudget(IBudgetLedger ledger, Func<ChatOptions?, string?>? tenantOf = null)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        _ledger = ledger;
        _tenantOf = tenantOf ?? _tenantOf;
        return this;
    }

    /// <summary>Keeps a budget over time in this process.</summary>
    /// <param name="limits">The limits, such as dollars per hour and per day, per tenant.</param>
    public AutoMixBuilder Budget(params BudgetLimit[] limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        foreach (BudgetLimit limit in limits)
        {
            ArgumentNullException.ThrowIfNull(limit, nameof(limits));
            Options.Budgets.Add(new() { Dollars = limit.Dollars, Window = limit.Window });
        }

        return this;
    }

    /// <summary>Sorts exceptions that the pipeline cannot read, such as a client's own types.</summary>
    /// <param name="classify">The class, or null to leave it to the pipeline.</param>
    public AutoMixBuilder ClassifyFailures(Func<Exception, FailureKind?> classify)
    {
        ArgumentNullException.ThrowIfNull(classify);
        _classify = classify;
        return this;
    }

    /// <summary>Sets the reaction to one class of failure.</summary>
    /// <param name="kind">The class.</param>
    /// <param name="reaction">The reaction.</param>
    public AutoMixBuilder OnFailure(FailureKind kind, FailureReaction reaction)
    {
        Options.Failures[kind] = reaction;
        return this;
    }

    /// <summary>Decides the reaction to each failed call.</summary>
    /// <param name="react">The reaction, or null for the configured one.</param>
    public AutoMixBuilder OnFailure(Func<CallFailure, FailureReaction?> react)
    {
        ArgumentNullException.ThrowIfNull(react);
        _react = react;
        return this;
    }

    /// <summary>Demands at least a certain model for calls of a tool.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="model">The name of the first model that may call it.</param>
    public AutoMixBuilder ToolDemands(string tool, string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(tool);
        ArgumentException.ThrowIfNullOrEmpty(model);
        Options.ToolMinimumModels[tool] = model;
        return this;
    }

    /// <summary>Counts tokens for all models whose profile has no counter of its own.</summary>
    /// <param name="countTokens">The tokens of a text. Where it throws, a conservative estimate takes its place.</param>
    public AutoMixBuilder CountTokensWith(Func<string, int> countTokens)
    {
        ArgumentNullException.ThrowIfNull(countTokens);
        _countTokens = countTokens;
        return this;
    }

    /// <summary>Sets the clock; otherwise the one registered as a service, or the system's.</summary>
    /// <param name="timeProvider">The clock.</param>
    public AutoMixBuilder UseTimeProvider(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _time = timeProvider;
        return this;
    }

    /// <summary>Sets where logs go; otherwise the factory registered as a service.</summary>
    /// <param name="loggerFactory">The factory.</param>
    public AutoMixBuilder UseLoggerFactory(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _loggers = loggerFactory;
        return this;
    }

    /// <summary>Builds the client.</summary>
    /// <exception cref="AutoMixConfigurationException">A setting is missing, out of range or contradicts another.</exception>
    public AutoMixChatClient Build()
    {
        // What is made here and then not used, since a later part fails, is closed again; what was passed in can be used again.
        var made = new List<IDisposable>();
        try
        {
            return Build(made);
        }
        catch (Exception)
        {
            Disposal.OfAll(made, quietly: true);
            throw;
        }
    }

    private AutoMixChatClient Build(List<IDisposable> made)
    {
        // Whoever keeps the builder may go on changing its settings; the pipeline's stay as they are.
        AutoMixOptions options = Copy(Options);
        ModelProfile[] profiles = [.. _models.Select(m => m.Profile)];
        for (int i = 0; i < profiles.Length; i++)
        {
            if (options.Models.TryGetValue(profiles[i].Name, out ModelOptions? declared))
            {
                profiles[i] = declared.ApplyTo(profiles[i]);
            }

            profiles[i] = profiles[i] with { CountTokens = profiles[i].CountTokens ?? _countTokens };
        }

        bool budgeted = _ledger is not null || options.Budgets.Count > 0;
        PipelineValidation.Check(profiles, options, budgeted);
        TimeProvider time = _time ?? _services?.GetService<TimeProvider>() ?? TimeProvider.System;
        ILogger logger = (_loggers ?? _services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("AutoMix");
        var verifiers = new List<IVerifier>(_verifiers.Count + 1);
        foreach (Func<IServiceProvider?, List<IDisposable>, IVerifier> verifier in _verifiers)
        {
            verifiers.Add(verifier(_services, made));
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

        CascadeRoutingPolicy Route(ICascadePolicy numbers) => new(numbers, profiles, new(numbers, verifiers, !_withoutVerification, options.ConfidenceFrom), _services);
        var telemetry = new Telemetry(logger, options.EnableSensitiveData);
        OnlineLearner? learner = options.Learning.Enabled ? LearnerFor(options, profiles, cascade, time, telemetry, Route) : null;
        IRoutingPolicy policy = learner is not null ? new LearningPolicy(learner)
            : cascade is not null ? Route(cascade)
            : _policy?.Invoke(_services, made) ?? new DayOnePolicy(options.AcceptThreshold, options.UnknownVerdict);
        if (RolloutFor(options, made) is { } rollout)
        {
            policy = new RolloutPolicy(policy, rollout);
        }

        IDisposable[] parts = [.. made];
        SharedCircuits? shared = _circuitStore is null ? null : Memory.Shared(_circuitStore, time, logger);
        var models = new ChatModel[profiles.Length];
        for (int i = 0; i < models.Length; i++)
        {
            IChatClient client = _models[i].Client(_services)
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
            Telemetry = telemetry,
            Learner = learner,
            FingerprintOf = ofPolicy => FingerprintOf(ofPolicy, profiles, verifiers, options, _withoutVerification),
            CostCap = options.CostCapIsSet || Array.TrueForAll(profiles, p => p.Price is not null) ? options.MaxCostPerRequest : null,
            Ledger = _ledger ?? (options.Budgets.Count > 0 ? Memory.Ledger(options.Budgets, time) : null),
            TenantOf = _tenantOf,
            ClassifyFailure = _classify,
            ReactToFailure = _react,
            Services = _services,
            OwnedParts = parts,
            VerifierWatch = Memory.Watch(profiles, options.UninformativeAfter),
            Outcomes = options.SkipUninformative ? _outcomes ?? _services?.GetService<VerifierOutcomes>() : null,
            Affinity = Memory.Affinity(profiles),
            SharedCircuits = shared,
            ToolMinimum = options.ToolMinimumModels.ToDictionary(t => t.Key, t => Array.FindIndex(profiles, p => p.Name == t.Value), StringComparer.Ordinal),
        });
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
        if (_services?.GetService<IOptionsMonitor<AutoMixOptions>>()?.OnChange((changed, name) =>
        {
            if (name == (_optionsName ?? Microsoft.Extensions.Options.Options.DefaultName) && changed.Rollout is { } now && Enum.IsDefined(now.Mode) && now.Share is >= 0 and <= 1)
            {
                rollout.Set(now.Mode, now.Share);
            }
        }) is { } subscription)
        {
            made.Add(subscription);
            return rollout;
        }

        return set is { Mode: RolloutMode.Serve, Share: 1 } ? null : rollout;
    }

    // What the services made, they dispose; what is made here has no other owner.
    private static T Resolve<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] T>(IServiceProvider? services, List<IDisposable> made)
        where T : class
    {
        if (services?.GetService<T>() is { } registered)
        {
            return registered;
        }

        T instance = ActivatorUtilities.CreateInstance<T>(services ?? NoServices.Instance);
        if (instance is IDisposable disposable)
        {
            made.Add(disposable);
        }

        return instance;
    }

    private AutoMixBuilder Want(Action<AutoMixOptions> set)
    {
        Options.KeepQuality = Options.SpendAtMost = Options.ErrorCosts = null;
        set(Options);
        return this;
    }

    private ICascadePolicy? CascadeFor(AutoMixOptions options)
    {
        ICascadePolicy? plan = _plan ?? (options.Plan is { Length: > 0 } path ? Configured(() => PolicyFile.Load(path), "Plan, or UsePlan") : null);
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
        { SpendAtMost: { } dollars } => Configured(() => Goal.SpendAtMost(dollars), nameof(options.SpendAtMost)),
        { ErrorCosts: { } dollars } => Configured(() => Goal.ErrorCosts(dollars), nameof(options.ErrorCosts)),
        _ => null,
    };

    // Pipelines that are built again and again from one registration learn as one.
    private OnlineLearner LearnerFor(
        AutoMixOptions options, ModelProfile[] profiles, ICascadePolicy? plan, TimeProvider time, Telemetry telemetry, Func<ICascadePolicy, CascadeRoutingPolicy> route)
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
            telemetry,
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
            throw new AutoMixConfigurationException($"The setting {setting} cannot be followed: {e.Message}", e);
        }
    }

    private static ModelProfile Changed(ModelProfile profile, Func<ModelProfile, ModelProfile> change) => change(profile)
        ?? throw new AutoMixConfigurationException($"The profile of '{profile.Name}' was changed to null. Return the profile itself, or a copy made by 'with'.");

    private AutoMixBuilder Add(string name, Func<IServiceProvider?, IChatClient> client, ModelPrice? price, Func<ModelProfile, ModelProfile>? change, bool owned, bool made = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var profile = new ModelProfile { Name = name, Price = price };
        _models.Add(new(change is null ? profile : Changed(profile, change), client, owned, made));
        return this;
    }

    private static string FingerprintOf(string policy, ModelProfile[] profiles, List<IVerifier> verifiers, AutoMixOptions options, bool withoutVerification)
    {
        var text = new StringBuilder(policy);
        foreach (ModelProfile profile in profiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{profile.Name};{profile.ModelId};{profile.Price?.Input};{profile.Price?.CachedInput};{profile.Price?.Output};{profile.ContextWindow};{profile.Modalities};{profile.SupportsTools};{profile.SupportsStructuredOutput};{profile.DefaultMaxOutputTokens};{profile.DrainStream};{profile.RequiresFinishReason};{profile.AttemptTimeout}");
        }

        foreach (IVerifier verifier in verifiers)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{verifier.Name};{verifier.IsFree};{verifier.Fingerprint}");
        }

        text.Append(CultureInfo.InvariantCulture, $"|{options.MaxCostPerRequest};{options.MaxAttempts};{options.MaxVerifications};{options.OnAbstain};{options.AttemptTimeout};{options.Deadline};{options.HedgeAfter};{options.StickyToolLoop};{options.UninformativeAfter};{options.SkipUninformative};{withoutVerification}");
        foreach ((FailureKind kind, FailureReaction reaction) in options.Failures.OrderBy(f => f.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"|{kind}={reaction}");
        }

        foreach ((string tool, string model) in options.ToolMinimumModels.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"|{tool}>{model}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    // All the way down: what changes afterwards in either must not show in the other.
    private static AutoMixOptions Copy(AutoMixOptions from)
    {
        var copy = new AutoMixOptions
        {
            Plan = from.Plan,
            KeepQuality = from.KeepQuality,
            SpendAtMost = from.SpendAtMost,
            ErrorCosts = from.ErrorCosts,
            ConfidenceFrom = from.ConfidenceFrom,
            AcceptThreshold = from.AcceptThreshold,
            UnknownVerdict = from.UnknownVerdict,
            OnAbstain = from.OnAbstain,
            AttemptTimeout = from.AttemptTimeout == Timeout.InfiniteTimeSpan ? null : from.AttemptTimeout,
            Deadline = from.Deadline == Timeout.InfiniteTimeSpan ? null : from.Deadline,
            MaxAttempts = from.MaxAttempts,
            MaxVerifications = from.MaxVerifications,
            HedgeAfter = from.HedgeAfter,
            StickyToolLoop = from.StickyToolLoop,
            StreamDrafts = from.StreamDrafts,
            EnableSensitiveData = from.EnableSensitiveData,
            UninformativeAfter = from.UninformativeAfter,
            Rollout = from.Rollout?.Copy() ?? new(),
            SkipUninformative = from.SkipUninformative,
            Learning = from.Learning?.Copy() ?? new(),
            Circuit = from.Circuit is null ? null! : new()
            {
                Enabled = from.Circuit.Enabled,
                FailureRatio = from.Circuit.FailureRatio,
                MinimumThroughput = from.Circuit.MinimumThroughput,
                SamplingDuration = from.Circuit.SamplingDuration,
                BreakDuration = from.Circuit.BreakDuration,
            },
        };
        copy.TakeCostCap(from);
        foreach ((FailureKind kind, FailureReaction reaction) in from.Failures)
        {
            copy.Failures[kind] = reaction;
        }

        foreach ((string tool, string model) in from.ToolMinimumModels)
        {
            copy.ToolMinimumModels[tool] = model;
        }

        foreach (BudgetOptions budget in from.Budgets)
        {
            copy.Budgets.Add(new() { Dollars = budget.Dollars, Window = budget.Window });
        }

        foreach ((string name, ModelOptions model) in from.Models)
        {
            copy.Models[name] = model.Copy();
        }

        return copy;
    }

    private sealed record ModelEntry(ModelProfile Profile, Func<IServiceProvider?, IChatClient> Client, bool Owned, bool Made = false);

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
