using System.Diagnostics.CodeAnalysis;
using AutoMix.Policies;
using AutoMix.Stores;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AutoMix;

/// <summary>Collects the parts of an <see cref="AutoMixChatClient"/> and builds it.</summary>
/// <remarks>
/// The order in which models are added is their rank, cheapest first. Every setting has a safe default. Settings that are missing, out of
/// range or contradictory make <see cref="Build"/> throw an <see cref="AutoMixConfigurationException"/>.
/// </remarks>
public sealed class AutoMixBuilder
{
    private readonly PipelineParts _parts;

    /// <summary>Creates a builder without an inner client. All models are added to it.</summary>
    /// <param name="services">The services of the application, if any.</param>
    /// <param name="optionsName">The name of the pipeline's own <see cref="AutoMixOptions"/>; null for the unnamed ones.</param>
    public AutoMixBuilder(IServiceProvider? services = null, string? optionsName = null)
    {
        AutoMixOptions? configured = optionsName is null
            ? services?.GetService<IOptions<AutoMixOptions>>()?.Value
            : services?.GetService<IOptionsMonitor<AutoMixOptions>>()?.Get(optionsName);
        _parts = new() { Services = services, OptionsName = optionsName, Options = configured?.Copy() ?? new() };
    }

    /// <summary>Creates a builder whose first model is <paramref name="inner"/>.</summary>
    /// <param name="inner">The first model. The pipeline owns it.</param>
    /// <param name="services">The services of the application, if any.</param>
    /// <param name="optionsName">The name of the pipeline's own <see cref="AutoMixOptions"/>; null for the unnamed ones.</param>
    public AutoMixBuilder(IChatClient inner, IServiceProvider? services = null, string? optionsName = null)
        : this(services, optionsName)
    {
        ArgumentNullException.ThrowIfNull(inner);
        string name = inner.GetService<ChatClientMetadata>()?.DefaultModelId is { Length: > 0 } id ? id : "first";
        _parts.Models.Add(new(new() { Name = name }, _ => inner, Owned: true));
    }

    /// <summary>The settings of the pipeline. They begin as a copy of the application's registered options, if any.</summary>
    public AutoMixOptions Options => _parts.Options;

    /// <summary>The services of the application, from which extensions resolve what was not passed to them. Empty if the builder was given none.</summary>
    public IServiceProvider Services => _parts.Services ?? NoServices.Instance;

    /// <summary>The state that the pipeline shares with other pipelines of the same registration.</summary>
    internal PipelineMemory Memory
    {
        init => _parts.Memory = value;
    }

    /// <summary>Describes the first model, which is the client that the pipeline is built on.</summary>
    /// <param name="name">The name in policies, records and telemetry. Null keeps the name, at first the client's default model id.</param>
    /// <param name="price">The price of the model. Null keeps the price, at first unknown.</param>
    /// <param name="profile">Changes the declared abilities of the model.</param>
    /// <exception cref="AutoMixConfigurationException">The builder has no model yet.</exception>
    public AutoMixBuilder FirstModel(string? name = null, ModelPrice? price = null, Func<ModelProfile, ModelProfile>? profile = null)
    {
        if (name is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
        }

        if (_parts.Models.Count == 0)
        {
            throw new AutoMixConfigurationException("There is no first model to describe. Add one with AddModel, whose parameters take a price and a profile.");
        }

        ModelProfile described = _parts.Models[0].Profile;
        described = described with { Name = name ?? described.Name, Price = price ?? described.Price };
        _parts.Models[0] = _parts.Models[0] with { Profile = Changed(described, profile) };
        return this;
    }

    /// <summary>Adds a model.</summary>
    /// <param name="name">The name in policies, records and telemetry.</param>
    /// <param name="client">The client of the model.</param>
    /// <param name="price">The price of the model; null if unknown.</param>
    /// <param name="profile">Changes the declared abilities of the model.</param>
    /// <param name="leaveOpen">Whether the client stays open when the pipeline is disposed.</param>
    public AutoMixBuilder AddModel(string name, IChatClient client, ModelPrice? price = null, Func<ModelProfile, ModelProfile>? profile = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(client);
        return Add(name, _ => client, price, profile, owned: !leaveOpen);
    }

    /// <summary>Adds a model whose client is created when the pipeline is built.</summary>
    /// <param name="name">The name in policies, records and telemetry.</param>
    /// <param name="factory">Creates the client.</param>
    /// <param name="price">The price of the model; null if unknown.</param>
    /// <param name="profile">Changes the declared abilities of the model.</param>
    /// <param name="leaveOpen">Whether the client stays open when the pipeline is disposed. A client that the factory takes from the services must stay open.</param>
    public AutoMixBuilder AddModel(string name, Func<IServiceProvider, IChatClient> factory, ModelPrice? price = null, Func<ModelProfile, ModelProfile>? profile = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Add(name, services => factory(services ?? NoServices.Instance), price, profile, owned: !leaveOpen, made: true);
    }

    /// <summary>Adds a model whose client is a keyed service. The container owns it.</summary>
    /// <param name="name">The name in policies, records and telemetry.</param>
    /// <param name="price">The price of the model; null if unknown.</param>
    /// <param name="profile">Changes the declared abilities of the model.</param>
    /// <param name="serviceKey">The key of the service; null for the name.</param>
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
    /// Adds a verifier. A pipeline without one lets the answering model verify itself with eight votes. Under a policy of your own
    /// (<see cref="IRoutingPolicy"/>) only the verifiers that are added here are asked.
    /// </summary>
    /// <param name="verifier">The verifier.</param>
    public AutoMixBuilder VerifyWith(IVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        _parts.Verifiers.Add((_, _) => verifier);
        return this;
    }

    /// <summary>Adds a verifier from a delegate.</summary>
    /// <param name="verify">
    /// Returns a confidence in [0, 1], unknown, or a rejection. NaN or a number outside [0, 1] counts as unknown, with a reason that names it.
    /// </param>
    /// <param name="name">The name in records and telemetry.</param>
    /// <param name="isFree">Whether it makes no call, so that it runs on every answer.</param>
    public AutoMixBuilder VerifyWith(Func<VerificationContext, CancellationToken, ValueTask<Verdict>> verify, string? name = null, bool isFree = true) =>
        VerifyWith(Verifiers.FromDelegate(verify, name ?? $"delegate-{_parts.Verifiers.Count}", isFree));

    /// <summary>Adds a verifier that is resolved from the services, or created with them.</summary>
    /// <typeparam name="T">The type of the verifier.</typeparam>
    public AutoMixBuilder VerifyWith<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IVerifier
    {
        _parts.Verifiers.Add(Resolve<T>);
        return this;
    }

    /// <summary>
    /// Lets reported outcomes decide which paid verifiers are worth their price (<see cref="AutoMixOptions.SkipUninformative"/>). Without
    /// this call, the outcomes that are registered as a service decide, if any.
    /// </summary>
    /// <param name="outcomes">The outcomes. Several pipelines may share them.</param>
    public AutoMixBuilder LearnTrustFrom(VerifierOutcomes outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        _parts.Outcomes = outcomes;
        return this;
    }

    /// <summary>Sets the policy.</summary>
    /// <param name="policy">The policy.</param>
    public AutoMixBuilder RouteWith(IRoutingPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        (_parts.Policy, _parts.Cascade) = ((_, _) => policy, null);
        return this;
    }

    /// <summary>Sets the policy to a trained one, such as a <see cref="CascadePlan"/>. It decides as it does offline.</summary>
    /// <param name="policy">The policy. Its models are the pipeline's, by name.</param>
    public AutoMixBuilder RouteWith(ICascadePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        (_parts.Policy, _parts.Cascade) = (null, policy);
        return this;
    }

    /// <summary>Sets the policy to a delegate.</summary>
    /// <param name="decide">Returns the next decision.</param>
    /// <param name="name">The name in records and telemetry.</param>
    public AutoMixBuilder RouteWith(Func<RoutingView, CancellationToken, ValueTask<RoutingDecision>> decide, string name = "delegate")
    {
        ArgumentNullException.ThrowIfNull(decide);
        return RouteWith(new DelegateRoutingPolicy(decide, name));
    }

    /// <summary>Sets the policy to one that is resolved from the services, or created with them.</summary>
    /// <typeparam name="T">The type of the policy.</typeparam>
    public AutoMixBuilder RouteWith<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IRoutingPolicy
    {
        (_parts.Policy, _parts.Cascade) = (Resolve<T>, null);
        return this;
    }

    /// <summary>Sets the goal of the plan. Replaces any goal set before, in the options too.</summary>
    /// <param name="goal">The goal.</param>
    public AutoMixBuilder UseGoal(Goal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        Options.KeepQuality = null;
        Options.SpendAtMost = Options.ErrorCosts = null;
        _parts.Goal = goal;
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

    /// <summary>Shares state with other processes. A store that is not passed stays as it was, at first of this process alone.</summary>
    /// <remarks>
    /// Reports of circuits are sent in the background, and other processes' reports are read about once a second while requests come. No
    /// request waits for a store of circuits or of learning. If such a store fails, each process goes on with its own state.
    /// </remarks>
    /// <param name="counts">The store of the evidence, passed together with <paramref name="plans"/> and <paramref name="leases"/>.</param>
    /// <param name="plans">The store of the plans.</param>
    /// <param name="leases">The leases that decide which process makes plans.</param>
    /// <param name="circuits">The store of open circuits. The models' names are the same in all processes.</param>
    /// <param name="budgets">Returns the ledger of the limits of <see cref="AutoMixOptions.Budgets"/>, when the client is built. The ledger stays open.</param>
    /// <exception cref="ArgumentException">Only some of <paramref name="counts"/>, <paramref name="plans"/> and <paramref name="leases"/> were passed.</exception>
    public AutoMixBuilder Share(
        ICountStore? counts = null,
        IPlanStore? plans = null,
        ILeaseStore? leases = null,
        ICircuitStore? circuits = null,
        Func<IReadOnlyList<BudgetLimit>, IBudgetLedger>? budgets = null)
    {
        if (counts is not null && plans is not null && leases is not null)
        {
            _parts.Stores = new(counts, plans, leases);
        }
        else if (counts is not null || plans is not null || leases is not null)
        {
            throw new ArgumentException("Learning is shared through three stores that belong together. Pass counts, plans and leases, or none of them.");
        }

        _parts.Circuits = circuits ?? _parts.Circuits;
        _parts.LedgerOf = budgets ?? _parts.LedgerOf;
        return this;
    }

    /// <summary>Hands the rollout to an object that changes it while the pipeline runs: the kill switch. It replaces <see cref="AutoMixOptions.Rollout"/>.</summary>
    /// <param name="rollout">The rollout. Several pipelines may share it.</param>
    public AutoMixBuilder UseRollout(RolloutControl rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        _parts.Rollout = rollout;
        return this;
    }

    /// <summary>Keeps budgets over time in a ledger with limits of its own. Every model then needs a price, and <see cref="AutoMixOptions.Budgets"/> stays empty.</summary>
    /// <param name="ledger">The ledger. Several pipelines may share it. It stays open.</param>
    public AutoMixBuilder UseBudget(IBudgetLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        _parts.Ledger = ledger;
        return this;
    }

    /// <summary>Selects the budget of a request; without this call, the value of <see cref="RequestTags.Tenant"/> in its additional properties does.</summary>
    /// <param name="tenantOf">Returns the key from the request's options. Null or an empty text selects the one common budget.</param>
    public AutoMixBuilder TenantFrom(Func<ChatOptions?, string?> tenantOf)
    {
        ArgumentNullException.ThrowIfNull(tenantOf);
        _parts.TenantOf = tenantOf;
        return this;
    }

    /// <summary>Decides about failed calls. A delegate that is not passed stays as it was. A delegate that throws is logged and ignored.</summary>
    /// <param name="react">Returns the reaction to a failed call, or null for the one in <see cref="ExecutionOptions.Failures"/>.</param>
    /// <param name="classify">Returns the class of an exception that the pipeline cannot read, such as a client's own type, or null to leave it to the pipeline.</param>
    public AutoMixBuilder OnFailure(Func<CallFailure, FailureReaction?>? react = null, Func<Exception, FailureKind?>? classify = null)
    {
        _parts.ReactToFailure = react ?? _parts.ReactToFailure;
        _parts.ClassifyFailure = classify ?? _parts.ClassifyFailure;
        return this;
    }

    /// <summary>Counts tokens for all models whose profile has no counter of its own.</summary>
    /// <param name="countTokens">Returns the tokens of a text. If it throws, a conservative estimate takes its place.</param>
    public AutoMixBuilder CountTokensWith(Func<string, int> countTokens)
    {
        ArgumentNullException.ThrowIfNull(countTokens);
        _parts.CountTokens = countTokens;
        return this;
    }

    /// <summary>Sets the clock; without this call, the clock that is registered as a service, or the system's.</summary>
    /// <param name="timeProvider">The clock.</param>
    public AutoMixBuilder UseTimeProvider(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _parts.Time = timeProvider;
        return this;
    }

    /// <summary>Sets the destination of logs; without this call, the factory that is registered as a service.</summary>
    /// <param name="loggerFactory">The factory.</param>
    public AutoMixBuilder UseLoggerFactory(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _parts.Loggers = loggerFactory;
        return this;
    }

    /// <summary>Builds the client.</summary>
    /// <exception cref="AutoMixConfigurationException">A setting is missing, out of range or contradicts another.</exception>
    public AutoMixChatClient Build() => PipelineFactory.Build(_parts);

    // The container disposes what it creates. An instance that is created here has no other owner than the pipeline.
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

    private static ModelProfile Changed(ModelProfile profile, Func<ModelProfile, ModelProfile>? change) => change is null ? profile : change(profile)
        ?? throw new AutoMixConfigurationException($"The profile of '{profile.Name}' was changed to null. Return the profile itself, or a copy made by 'with'.");

    private AutoMixBuilder Add(string name, Func<IServiceProvider?, IChatClient> client, ModelPrice? price, Func<ModelProfile, ModelProfile>? change, bool owned, bool made = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _parts.Models.Add(new(Changed(new() { Name = name, Price = price }, change), client, owned, made));
        return this;
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
