using System.Diagnostics.CodeAnalysis;
using AutoMix.Policies;
using AutoMix.Stores;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AutoMix;

/// <summary>Puts an <see cref="AutoMixChatClient"/> together.</summary>
/// <remarks>
/// Models stand in the order in which they are added, cheapest first. What is not said has a safe default; what contradicts
/// itself is an <see cref="AutoMixConfigurationException"/> when the client is built.
/// </remarks>
public sealed partial class AutoMixBuilder
{
    private readonly List<ModelEntry> _models = [];
    private readonly List<Func<IServiceProvider?, List<IDisposable>, IVerifier>> _verifiers = [];
    private Func<IServiceProvider?, List<IDisposable>, IRoutingPolicy>? _policy;
    private ICascadePolicy? _plan;
    private ICascadePolicy? _cascade;
    private IBudgetLedger? _ledger;
    private Func<IReadOnlyList<BudgetLimit>, IBudgetLedger>? _ledgerOf;
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
        Services = services;
        _optionsName = optionsName;
        AutoMixOptions? configured = optionsName is null
            ? services?.GetService<IOptions<AutoMixOptions>>()?.Value
            : services?.GetService<IOptionsMonitor<AutoMixOptions>>()?.Get(optionsName);
        Options = configured is null ? new() : configured.Copy();
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

    /// <summary>The services of the application, for extensions that resolve what was not passed to them; null where there are none.</summary>
    public IServiceProvider? Services { get; }

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
    public AutoMixBuilder VerifyWith<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
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
    public AutoMixBuilder SpendAtMost(decimal dollarsPerThousand) => Want(o => o.SpendAtMost = dollarsPerThousand);

    /// <summary>The plan minimises the sum of what is spent and what wrong answers cost. Replaces any goal set before, in the options too.</summary>
    /// <param name="dollars">What one wrong answer costs, more than 0.</param>
    public AutoMixBuilder ErrorCosts(decimal dollars) => Want(o => o.ErrorCosts = dollars);

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
    public AutoMixBuilder RouteWith<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
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

    /// <summary>Keeps budgets over time. Every model then needs a price. <see cref="Budget"/> and the setting Budgets are not for use beside it.</summary>
    /// <param name="ledger">The ledger, which may be shared by several pipelines. It stays open.</param>
    public AutoMixBuilder UseBudget(IBudgetLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        _ledger = ledger;
        return this;
    }

    /// <summary>Keeps budgets over time in this process, or where <see cref="ShareBudgets"/> says. Every model then needs a price.</summary>
    /// <param name="limits">The limits, such as dollars per hour and per day, per tenant; those of several calls all hold.</param>
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

    /// <summary>Shares with other processes what is spent under the limits of <see cref="Budget"/> and of the setting Budgets, named before or after this.</summary>
    /// <param name="ledgerOf">The ledger of the limits, asked for when the client is built. It stays open.</param>
    public AutoMixBuilder ShareBudgets(Func<IReadOnlyList<BudgetLimit>, IBudgetLedger> ledgerOf)
    {
        ArgumentNullException.ThrowIfNull(ledgerOf);
        _ledgerOf = ledgerOf;
        return this;
    }

    /// <summary>Says whose budget a request is counted under; without it, the value of <see cref="RequestTags.Tenant"/> in its additional properties.</summary>
    /// <param name="tenantOf">The key from the request's options; null, or no text, for the one budget of all.</param>
    public AutoMixBuilder TenantFrom(Func<ChatOptions?, string?> tenantOf)
    {
        ArgumentNullException.ThrowIfNull(tenantOf);
        _tenantOf = tenantOf;
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

    private AutoMixBuilder Want(Action<AutoMixOptions> set)
    {
        Options.KeepQuality = null;
        Options.SpendAtMost = Options.ErrorCosts = null;
        set(Options);
        return this;
    }

    // What the services made, they dispose; what is made here has no other owner.
    private static T Resolve<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(IServiceProvider? services, List<IDisposable> made)
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
        else if (instance is IAsyncDisposable)
        {
            throw new AutoMixConfigurationException($"The type {typeof(T).Name} can only be disposed of asynchronously, which a chat client cannot do. Register it as a service, so that the container disposes of it, or implement IDisposable too.");
        }

        return instance;
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

    private sealed record ModelEntry(ModelProfile Profile, Func<IServiceProvider?, IChatClient> Client, bool Owned, bool Made = false);

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
