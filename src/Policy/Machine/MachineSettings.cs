using System.Collections.Immutable;

namespace Sallyport.Policy.Machine;

/// <summary>
/// What the owner of a machine has settled for all jobs of its runners: /etc/sallyport/agent.yml (docs/agent.md). Immutable.
/// </summary>
public sealed record MachineSettings
{
    /// <summary>What holds without a file.</summary>
    public static MachineSettings Default { get; } = new();

    /// <summary>Who is judged; null: the machine on GitHub's hosted runners, the job elsewhere.</summary>
    public JobScope? Scope { get; init; }

    /// <summary>Policy file of jobs that bring none of their own, and the weakest source of those that do; null for none.</summary>
    public string? Policy { get; init; }

    /// <summary>Policy file that no workflow can weaken; null for none.</summary>
    public string? Floor { get; init; }

    /// <summary>
    /// Actions, <c>owner/repo</c>, whose step may bring a policy of the workflow to a job that the service has covered
    /// already. Empty: none may.
    /// </summary>
    public ImmutableArray<string> PolicyActions { get; init; } = ["sallyport/sallyport", "step-security/harden-runner"];

    /// <summary>What the runner itself may reach beside <c>@github-actions</c>.</summary>
    public ImmutableArray<PolicyRule> RunnerAllow { get; init; } = [];

    /// <summary>A job that cannot be protected does not run, where block mode was settled for it.</summary>
    public bool StopsUnprotected { get; init; } = true;

    /// <summary>Root in every job lacks the capabilities that reach beyond files and packages; a workflow may take more, not give back.</summary>
    public bool BoundsSudo { get; init; }

    /// <summary>Results that are kept, jobs: 1 to 10000.</summary>
    public int KeepJobs { get; init; } = 100;

    /// <summary>Results that are kept, megabytes (10^6 bytes): 1 to 1000000.</summary>
    public int KeepMegabytes { get; init; } = 1000;

    /// <summary>Server that gets the recording of every job; null for none.</summary>
    public Uri? Server { get; init; }

    /// <summary>File with the API key of that server, readable by root alone; null without a server.</summary>
    public string? ServerKeyFile { get; init; }

    /// <summary>Proxy of HTTP on the way to that server, as <c>http://proxy.example.com:3128</c>; null for none.</summary>
    public string? ServerProxy { get; init; }

    /// <summary>Key that the owner's deny list is signed by (<see cref="PublicKeyText"/>); null: none is asked for.</summary>
    public string? ServerDenyListKey { get; init; }

    /// <summary>Key by which that server's overrides are signed (<see cref="PublicKeyText"/>); null: none is taken.</summary>
    public string? ServerOverrideKey { get; init; }

    /// <summary>cgroup v2 folder that everything is limited to; null for the root of the hierarchy.</summary>
    public string? CgroupRoot { get; init; }
}
