using System.Collections.Immutable;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Service;

/// <summary>What the machine's owner has settled for all jobs of its runners: /etc/sallyport/agent.yml.</summary>
internal sealed record AgentSettings
{
    /// <summary>Where it stands. A constant: a variable here would be a way to lead root astray.</summary>
    internal const string Path = "/etc/sallyport/agent.yml";

    /// <summary>What holds without a file.</summary>
    internal static AgentSettings Default { get; } = new();

    /// <summary>Who is judged; null: the machine on GitHub's hosted runners, the job elsewhere.</summary>
    internal JobScope? Scope { get; init; }

    /// <summary>Policy file of jobs that bring none of their own, and the weakest source of those that do; null for none.</summary>
    internal string? Policy { get; init; }

    /// <summary>Policy file that no workflow can weaken; null for none.</summary>
    internal string? Floor { get; init; }

    /// <summary>
    /// Actions, <c>owner/repo</c>, whose step may bring a policy of the workflow to a job that the service has covered
    /// already. Empty: none may.
    /// </summary>
    internal ImmutableArray<string> PolicyActions { get; init; } = ["sallyport/sallyport", "step-security/harden-runner"];

    /// <summary>Endpoints that the runner itself may reach beside <c>@github-actions</c>.</summary>
    internal ImmutableArray<string> RunnerAllow { get; init; } = [];

    /// <summary>A job that cannot be protected as asked does not run, where block mode was asked.</summary>
    internal bool StopUnprotected { get; init; } = true;

    /// <summary>Results that are kept, number of jobs.</summary>
    internal int KeepJobs { get; init; } = 100;

    /// <summary>Results that are kept, bytes.</summary>
    internal long KeepBytes { get; init; } = 1L << 30;

    /// <summary>cgroup v2 folder that everything is limited to; null for the root of the hierarchy.</summary>
    internal string? CgroupRoot { get; init; }
}
