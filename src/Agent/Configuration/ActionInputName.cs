using System.Collections.Immutable;

namespace Sallyport.Agent.Configuration;

/// <summary>Inputs of the Action that the agent reads, as action.yml names them.</summary>
internal static class ActionInputName
{
    internal const string AllowedEndpoints = "allowed-endpoints";
    internal const string ApiKey = "api-key";
    internal const string DeployOnSelfHosted = "deploy-on-self-hosted-vm";
    internal const string DisableFileMonitoring = "disable-file-monitoring";
    internal const string DisableSudo = "disable-sudo";
    internal const string DisableSudoAndContainers = "disable-sudo-and-containers";
    internal const string DisableTelemetry = "disable-telemetry";
    internal const string EgressPolicy = "egress-policy";
    internal const string FailOn = "fail-on";
    internal const string Implicit = "implicit";
    internal const string Policy = "policy";
    internal const string PolicyFile = "policy-file";
    internal const string ServerUrl = "server-url";
    internal const string Sudo = "sudo";
    internal const string UsePolicyStore = "use-policy-store";

    internal static ImmutableArray<string> All { get; } =
    [
        AllowedEndpoints, ApiKey, DeployOnSelfHosted, DisableFileMonitoring, DisableSudo, DisableSudoAndContainers,
        DisableTelemetry, EgressPolicy, FailOn, Implicit, Policy, PolicyFile, ServerUrl, Sudo, UsePolicyStore,
    ];
}
