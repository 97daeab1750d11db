using System.Collections.Immutable;
using Sallyport.Policy;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Configuration;

/// <summary>What the Action's inputs ask for, all of them read and without a mistake.</summary>
/// <param name="Policy">All lists, the implicit ones too; its mode is the one that was decided, null when nothing that was given decides one.</param>
/// <param name="SaidMode">Of <c>egress-policy</c>; null when it is left out.</param>
/// <param name="Shown">From where, why this mode, what is implicit: as the step and the summary show it.</param>
/// <param name="Privileges">What is taken from the job.</param>
/// <param name="FileMonitoring">Changes of files are recorded.</param>
/// <param name="Telemetry">The recording goes to the server, where there is one.</param>
/// <param name="FailOn">What fails the job at its end.</param>
/// <param name="ServerUrl">Of <c>server-url</c>, or null.</param>
/// <param name="ApiKey">For the policy store, or null; never shown.</param>
/// <param name="StoredPolicy">Name of a policy in the server's store, or null.</param>
/// <param name="UsePolicyStore">The policy that the store attaches to this job.</param>
/// <param name="DeployOnSelfHosted"><c>deploy-on-self-hosted-vm</c>.</param>
/// <param name="Notices">What is accepted and may not be meant.</param>
internal sealed record ActionInputs(
    PolicyDocument Policy,
    PolicyMode? SaidMode,
    StartedPolicy Shown,
    ActionPrivileges Privileges,
    bool FileMonitoring,
    bool Telemetry,
    FailOn FailOn,
    Uri? ServerUrl,
    string? ApiKey,
    string? StoredPolicy,
    bool UsePolicyStore,
    bool DeployOnSelfHosted,
    ImmutableArray<ControlNotice> Notices)
{
    /// <summary>Of the file that <c>policy-file</c> names; null when it says none.</summary>
    internal PolicyMode? FileMode { get; init; }

    /// <summary>The mode that was decided, audit where none was; the machine's policy may say another then.</summary>
    internal PolicyMode Mode => Policy.EffectiveMode;
}
