using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Core.GitHub.Identities;
using Sallyport.Agent.Host;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Policy.Machine;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Inputs that ask for a policy of the server's store, with that policy in the place of the question. No policy attached is
/// audit, and said; a policy that allows nothing allows nothing.
/// </summary>
internal static class StoredPolicies
{
    /// <summary>How the origin of a policy of the store begins; its names and versions follow.</summary>
    internal const string Origin = "policy store: ";

    /// <summary>Bound on the environment that says which job it is, bytes.</summary>
    private const int MostEnvironment = 1 << 20;

    /// <exception cref="CommandFailure">The policy cannot be had, or has mistakes: the job does not start as if it had none.</exception>
    internal static ActionInputs Apply(ActionInputs inputs, MachineSettings settings, RunnerWorker worker, int asker)
    {
        if (inputs.StoredPolicy is null && !inputs.UsePolicyStore)
        {
            return inputs;
        }

        var target = settings is { Server: { } server, ServerKeyFile: { } file } ? Credentials.Target(server.ToString(), file)
            : inputs is { ServerUrl: { } url, ApiKey: { } key } ? new UploadTarget(url, key)
            : throw new CommandFailure(ExitCode.Usage, "the policy store needs api-key, or `permissions: id-token: write` for the job");
        using var http = new CurlClient(Path.Combine(
            AgentFolders.Uploads, string.Create(CultureInfo.InvariantCulture, $"policy-{Environment.ProcessId}")));
        var answer = new PolicyClient(target, http, AgentFolders.Policies).Get(
            IdentityOf(worker, asker), inputs.StoredPolicy, out var staleBecause);
        var notices = inputs.Notices;
        if (staleBecause is not null)
        {
            notices = notices.Add(new ControlNotice(
                "warning", "An earlier policy of the store is in force", $"{target.Server.Host} gave none: {staleBecause}"));
        }

        if (answer.Policy is null)
        {
            notices = notices.Add(new ControlNotice(
                "warning", "No policy is attached to this job", $"{target.Server.Host} has none for it: nothing is refused but by floors"));
        }

        var document = answer.Policy is null
            ? inputs.Policy with { Mode = PolicyMode.Audit }
            : Join(Read(answer.Policy), inputs.Policy);
        foreach (var floor in answer.Floors.IsDefault ? [] : answer.Floors)
        {
            var above = Read(floor);
            document = new PolicyFloor(above, Bounds: !above.Allow.IsEmpty).Apply(document, out _);
        }

        return inputs with { Policy = document, Notices = notices, Shown = Said(inputs.Shown, answer, document) };
    }

    private static StartedPolicy Said(StartedPolicy shown, PolicyAnswer answer, PolicyDocument document)
    {
        var names = new[] { answer.Policy }.Concat(answer.Floors.IsDefault ? [] : answer.Floors).OfType<StoredPolicy>()
            .Select(policy => string.Create(CultureInfo.InvariantCulture, $"{policy.Name} version {policy.Version}"));
        var mode = document.EffectiveMode == PolicyMode.Block ? "block" : "audit";
        return shown with { From = Origin + string.Join(", ", names), Reason = $"{mode}: the policy store says so" };
    }

    /// <summary>What is implicit, and what the step lists beside the stored policy, adds to it.</summary>
    private static PolicyDocument Join(PolicyDocument stored, PolicyDocument inputs) => stored with
    {
        Mode = stored.Mode ?? PolicyMode.Block,
        Allow = [.. stored.Allow, .. inputs.Allow],
    };

    private static PolicyDocument Read(StoredPolicy policy)
    {
        var reading = PolicyReader.Read(PolicySource.File(policy.Name, Encoding.UTF8.GetBytes(policy.Text)));
        return reading.Document ?? throw new CommandFailure(
            ExitCode.Usage, $"the policy {policy.Name} of the store cannot be read here: {reading.Mistakes[0]}");
    }

    private static JobIdentity IdentityOf(RunnerWorker worker, int asker)
    {
        var bytes = worker.StepAbove(asker) is { } step ? ProcBytes.TryRead($"/proc/{step}/environ", MostEnvironment) : [];
        return EnvironmentReader.Read(bytes, truncated: false).Job;
    }
}
