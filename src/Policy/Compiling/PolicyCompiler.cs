using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>Turns a document into the kernel's tables.</summary>
public static class PolicyCompiler
{
    /// <summary>Compiles a document that the reader accepted (its bounds are checked there).</summary>
    /// <param name="document">The document.</param>
    /// <param name="context">What the machine adds.</param>
    public static CompiledPolicy Compile(PolicyDocument document, CompileContext context)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(context);
        var numbers = new RuleNumbers(context.Previous?.Rules ?? []);
        ImmutableArray<PolicyEntry> policies = PolicyTable.Build(document, context.Runner, numbers, out int unknownStep, out int runner);
        numbers.AddAll(document.Inbound, EndpointUse.Inbound);
        numbers.AddAll(document.Deny, EndpointUse.Deny);
        ImmutableArray<CompiledRule> rules = numbers.ToImmutable();
        SearchSuffixes suffixes = SearchSuffixes.Of(context);
        return new CompiledPolicy
        {
            Rules = rules,
            Names = NameTable.Build(rules, suffixes),
            Addresses = AddressTable.Build(rules),
            Ports = PortTable.Build(rules),
            Policies = policies,
            UnknownStepIndex = unknownStep,
            RunnerIndex = runner,
            Deny = Where(rules, rule => rule.Use == EndpointUse.Deny),
            DenyAnyPort = Where(rules, rule => rule is { Use: EndpointUse.Deny, Endpoint.Scheme: EndpointScheme.Any }),
            DenyQuestion = Where(rules, rule => rule is
                { Use: EndpointUse.Deny, Endpoint.Scheme: EndpointScheme.Any or EndpointScheme.Dns }),
            RequiresName = Where(rules, rule => rule.Use == EndpointUse.Allow && rule.Endpoint.RequiresName),
            Proxy = Where(rules, rule => rule.Endpoint.Scheme == EndpointScheme.Proxy),
            Inbound = Where(rules, rule =>
                rule.Use == EndpointUse.Inbound && document.Inbound.Any(own => own.Endpoint == rule.Endpoint)),
            Mode = document.EffectiveMode,
            Detections = document.Detections,
            Expected = document.Expected,
            Questions = document.Questions,
            Sockets = document.Sockets,
            OnAgentLoss = document.OnAgentLoss,
            IgnoredSearchDomains = suffixes.Ignored,
        };
    }

    private static RuleSet Where(ImmutableArray<CompiledRule> rules, Func<CompiledRule, bool> predicate) =>
        RuleSet.Of(rules.Where(predicate).Select(rule => rule.Number));
}
