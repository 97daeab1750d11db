using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Inputs that ask for a policy of the server's store, with that policy in the place of the question. No policy attached is
/// audit, unless the step, its policy file or the machine's policy says block, and said; a policy that allows nothing allows nothing. Floors above it: <see cref="JobFloors"/>.
/// </summary>
internal static class StoredPolicies
{
    /// <summary>How the origin of a policy of the store begins; its names and versions follow.</summary>
    internal const string Origin = "policy store: ";

    /// <summary>Seconds that the start of a job waits for a server.</summary>
    private const int MostSeconds = 5;

    internal static bool AreAsked(ActionInputs inputs) => inputs.StoredPolicy is not null || inputs.UsePolicyStore;

    /// <summary>Asks the server.</summary>
    /// <exception cref="CommandFailure">The policy cannot be had: the job does not start as if it had none.</exception>
    internal static PolicyAnswer Ask(
        ActionInputs inputs, UploadTarget? target, RunnerWorker worker, int asker, StartPatience patience, out ImmutableArray<ControlNotice> notices)
    {
        if (target is null)
        {
            throw new CommandFailure(ExitCode.Usage, "the policy store needs api-key, or `permissions: id-token: write` for the job");
        }

        var job = RunnerFacts.IdentityOf(worker, asker)
            ?? throw new CommandFailure(ExitCode.Usage, "the policy store has policies by repository, and the runner does not say which this is");
        using var http = CurlClient.Asking(target, "policy", patience.AtMost(MostSeconds));
        var answer = new PolicyClient(target, http, AgentFolders.Policies).Get(new JobPlace(job.Repository, job.Workflow, job.Job), inputs.StoredPolicy, out var staleBecause);
        notices = staleBecause is null ? [] : [new ControlNotice(
            "warning", "An earlier policy of the store is in force", $"{target.Server.Host} gave none: {staleBecause}")];
        return answer;
    }

    /// <summary>Puts the answer in the place of the question.</summary>
    /// <exception cref="CommandFailure">A policy of it has mistakes here.</exception>
    internal static ActionInputs Apply(ActionInputs inputs, PolicyAnswer answer)
    {
        var notices = inputs.Notices;
        if (answer.Policy is null)
        {
            notices = notices.Add(new ControlNotice(
                "warning", "No policy is attached to this job", "the policy store has none for it: what holds is what the step and the machine say, and floors"));
        }

        var document = answer.Policy is { } stored
            ? RunnerPolicy.Join(Read(stored, out var mode), inputs.Policy) with { Mode = inputs.SaidMode ?? mode ?? PolicyMode.Block }
            : inputs.Policy with { Mode = inputs.SaidMode ?? inputs.FileMode };
        return inputs with { Policy = document, Notices = notices, Shown = Said(inputs.Shown, answer, document) };
    }

    private static StartedPolicy Said(StartedPolicy shown, PolicyAnswer answer, PolicyDocument document)
    {
        var name = answer.Policy is { } policy ? string.Create(CultureInfo.InvariantCulture, $"{policy.Name} version {policy.Version}") : "nothing attached";
        var mode = PolicyModeWord.Of(document.EffectiveMode);
        return shown with { From = Origin + name, Reason = $"{mode}: by the policy store and egress-policy" };
    }

    private static PolicyDocument Read(StoredPolicy policy, out PolicyMode? mode)
    {
        var reading = PolicyReader.Read(PolicySource.File(policy.Name, Encoding.UTF8.GetBytes(policy.Text)));
        mode = reading.Document?.Mode;
        return reading.Document ?? throw new CommandFailure(
            ExitCode.Usage, $"the policy {policy.Name} of the store cannot be read here: {reading.Mistakes[0]}");
    }
}
