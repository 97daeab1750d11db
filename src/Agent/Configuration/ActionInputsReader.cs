using System.Collections.Immutable;
using System.Text;
using Sallyport.Policy;
using Sallyport.Policy.Groups;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Configuration;

/// <summary>
/// From the Action's inputs to what a job needs, all mistakes at once. Pure: whether the machine has a server configured
/// is a parameter.
/// </summary>
internal static class ActionInputsReader
{
    /// <summary>As <see cref="PolicySource.Allow"/> calls its source; its rules are shown as allowed-endpoints'.</summary>
    private const string ListSource = "--allow";

    /// <summary>Name of the source of what nobody wrote.</summary>
    private const string ImplicitSource = "implicit";

    private const string ImplicitGroup = "github-actions";
    private static readonly byte[] ImplicitPolicy = Encoding.UTF8.GetBytes($"{{version: 1, allow: [\"@{ImplicitGroup}\"]}}");

    /// <summary>Reads the inputs of a request.</summary>
    /// <param name="request">From the client.</param>
    /// <param name="hasServer">The machine's own configuration names a server.</param>
    internal static ActionInputsReading Read(JobStartRequest request, bool hasServer)
    {
        ReadOnlyMemory<byte>? policyFile = null;
        if (request.Policy is not null)
        {
            policyFile = Encoding.UTF8.GetBytes(request.Policy);
        }

        return Read(request.Inputs, policyFile, hasServer);
    }

    /// <summary>Reads inputs.</summary>
    /// <param name="inputs">Name to value as it was written; a blank one counts as not given.</param>
    /// <param name="policyFile">Content of the file that <c>policy-file</c> names; null when there is none.</param>
    /// <param name="hasServer">The machine's own configuration names a server.</param>
    internal static ActionInputsReading Read(
        IReadOnlyDictionary<string, string> inputs, ReadOnlyMemory<byte>? policyFile, bool hasServer)
    {
        var values = new ActionInputValues(inputs);
        values.CheckNames();
        var isImplicit = values.Truth(ActionInputName.Implicit, unsaid: true);
        var document = ReadPolicy(values, policyFile, isImplicit);
        var explicitMode = ReadMode(values);
        var server = values.Server();
        var stored = values.PolicyName();
        var useStore = values.Truth(ActionInputName.UsePolicyStore);
        CheckStore(values, hasServer || server is not null, stored, useStore);
        var given = new List<string>(
            ((string[])[ActionInputName.AllowedEndpoints, ActionInputName.PolicyFile, ActionInputName.Policy])
            .Where(name => values.Raw(name) is not null));
        if (useStore)
        {
            given.Add(ActionInputName.UsePolicyStore);
        }

        var decision = ActionModeDecision.Of(explicitMode, document?.Mode, given);
        var shown = new StartedPolicy(
            given.Count == 0 ? "none" : string.Join(", ", given),
            decision.Reason,
            isImplicit && EndpointGroups.TryGet(ImplicitGroup, out var group) ? [.. group.Entries.Select(entry => entry.Endpoint.Text)] : [],
            document?.Allow.Select(rule => rule.Endpoint).Distinct().Count() ?? 0);
        var failOn = values.FailOn();
        var read = new ActionInputs(
            (document ?? PolicyDocument.Empty) with { Mode = decision.Mode },
            explicitMode,
            shown,
            ReadPrivileges(values),
            FileMonitoring: !values.Truth(ActionInputName.DisableFileMonitoring),
            Telemetry: !values.Truth(ActionInputName.DisableTelemetry),
            failOn,
            server,
            values.Key(),
            stored,
            useStore,
            values.Truth(ActionInputName.DeployOnSelfHosted),
            NoticesOf(decision.Mode, given, failOn, hasServer || server is not null))
        {
            FileMode = document?.Mode,
        };
        return values.Mistakes is { IsEmpty: false } mistakes
            ? new ActionInputsReading(null, mistakes) : new ActionInputsReading(read, []);
    }

    private static PolicyDocument? ReadPolicy(ActionInputValues values, ReadOnlyMemory<byte>? policyFile, bool isImplicit)
    {
        var sources = new List<PolicySource>();
        var path = FileName(values.Raw(ActionInputName.PolicyFile)?.Trim());
        if (policyFile is { } bytes)
        {
            sources.Add(PolicySource.File(path ?? ActionInputName.PolicyFile, bytes));
        }
        else if (path is not null)
        {
            values.Add(ActionInputName.PolicyFile, path, "a file in the workspace or the repository", "its content is missing");
        }

        if (isImplicit)
        {
            sources.Add(PolicySource.File(ImplicitSource, ImplicitPolicy));
        }

        sources.Add(PolicySource.Allow(values.Raw(ActionInputName.AllowedEndpoints) is { } text ? [text] : []));
        var reading = PolicyReader.Read(sources);
        foreach (var mistake in reading.Mistakes)
        {
            var input = mistake.Source is ListSource or ImplicitSource ? ActionInputName.AllowedEndpoints : ActionInputName.PolicyFile;
            values.Add(input, mistake.Value, mistake.Accepted, mistake.What, mistake.Line, mistake.Column);
        }

        return reading.Document is { } document ? document with { Allow = [.. document.Allow.Select(Renamed)] } : null;
    }

    /// <summary>A file that is called like one of the other sources must not be taken for it.</summary>
    private static string? FileName(string? path) => path is ListSource or ImplicitSource ? $"./{path}" : path;

    private static PolicyRule Renamed(PolicyRule rule) => rule.Origin.Source switch
    {
        ListSource => rule with { Origin = rule.Origin with { Source = ActionInputName.AllowedEndpoints } },
        ImplicitSource => rule with { Origin = new RuleOrigin(ImplicitSource, 0, 0, ImplicitGroup) },
        _ => rule,
    };

    private static PolicyMode? ReadMode(ActionInputValues values)
    {
        switch (values.Raw(ActionInputName.EgressPolicy)?.Trim())
        {
            case null:
                return null;
            case "audit":
                return PolicyMode.Audit;
            case "block":
                return PolicyMode.Block;
            case var other:
                values.Add(ActionInputName.EgressPolicy, other, "audit or block", "not a mode");
                return null;
        }
    }

    private static ActionPrivileges ReadPrivileges(ActionInputValues values)
    {
        var sudo = values.Truth(ActionInputName.DisableSudo);
        var isBounded = values.SudoIsBounded();
        return values.Truth(ActionInputName.DisableSudoAndContainers) ? ActionPrivileges.WithoutSudoAndContainers
            : sudo ? ActionPrivileges.WithoutSudo
            : isBounded ? ActionPrivileges.BoundedSudo : ActionPrivileges.Kept;
    }

    /// <summary>A policy that nobody can fetch is no policy: a job that asked for one must not start without.</summary>
    private static void CheckStore(ActionInputValues values, bool hasServer, string? stored, bool useStore)
    {
        const string Accepted = "server-url, or a machine whose agent.yml names a server";
        if (stored is not null && !hasServer)
        {
            values.Add(ActionInputName.Policy, stored, Accepted, "there is no server to have this policy from");
        }

        if (useStore && !hasServer)
        {
            values.Add(ActionInputName.UsePolicyStore, "true", Accepted, "there is no server to have a policy from");
        }
    }

    private static ImmutableArray<ControlNotice> NoticesOf(PolicyMode? mode, List<string> given, FailOn failOn, bool hasServer)
    {
        var notices = ImmutableArray.CreateBuilder<ControlNotice>();
        if (mode == PolicyMode.Block && given.Count == 0)
        {
            notices.Add(new ControlNotice("warning", "Nothing is allowed", "egress-policy is block, and neither allowed-endpoints nor a policy is "
                + "given: what is not implicit is refused."));
        }

        if (failOn.HasFlag(FailOn.New) && !hasServer)
        {
            notices.Add(new ControlNotice("warning", "fail-on: new compares nothing here", "without a server nobody knows what earlier runs of the job "
                + "reached, so new destinations fail nothing; give server-url, or use sallyport run with --baseline."));
        }

        return notices.ToImmutable();
    }
}
