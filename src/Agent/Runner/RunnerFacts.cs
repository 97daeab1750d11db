using Sallyport.Agent.Core.GitHub.Identities;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>Facts about a runner that its processes show.</summary>
internal static class RunnerFacts
{
    /// <summary>USER_HZ, the unit of /proc/PID/stat: 100 on every architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private const string Hosted = "github-hosted";

    /// <summary>Bound on an environment that is read, bytes; the kernel takes at most 6 MiB, and a usual one has ten thousand.</summary>
    private const int MostEnvironment = 1 << 20;

    /// <summary>
    /// One of GitHub's own machines, which live for one job. GitHub says so with the job, and the worker sets it for the
    /// process of every step last, over what earlier steps wrote to GITHUB_ENV. So the step that asks is looked at, the worker's
    /// own child, and nobody else: what a step starts, as its child or its sibling, has the environment that it likes.
    /// </summary>
    internal static bool IsHosted(RunnerWorker worker, int asker) => IsHosted(EnvironmentOf(worker, asker));

    /// <summary>Which job it is, by the same process; null where that cannot be said.</summary>
    internal static JobIdentity? IdentityOf(RunnerWorker worker, int asker)
    {
        var reading = EnvironmentReader.Read(EnvironmentOf(worker, asker), truncated: false);
        return reading.Conflicts.IsEmpty && reading.Job.Repository is not null ? reading.Job : null;
    }

    /// <summary>By the environment of a step's process.</summary>
    internal static bool IsHosted(ReadOnlySpan<byte> environment)
    {
        var reading = EnvironmentReader.Read(environment, truncated: false);
        return reading.Conflicts.IsEmpty && reading.Job.RunnerEnvironment == Hosted && IsGitHubs(reading.Job.Server);
    }

    /// <summary>Environment of the worker's own child that the asker descends from; empty when there is none.</summary>
    internal static byte[] EnvironmentOf(RunnerWorker worker, int asker) =>
        worker.StepAbove(asker) is { } step ? ProcessLook.TryRead(step, "environ", MostEnvironment) ?? [] : [];

    /// <summary>
    /// A GitHub Enterprise Server has no such machines, and may not say what a runner is: GITHUB_ENV would say it then. The
    /// server's own address it always says.
    /// </summary>
    private static bool IsGitHubs(string? server) => Uri.TryCreate(server, UriKind.Absolute, out var address)
        && address.Scheme == Uri.UriSchemeHttps
        && (address.Host == "github.com" || address.Host.EndsWith(".ghe.com", StringComparison.Ordinal));

    /// <summary>How long ago a process began.</summary>
    internal static double SecondsSince(ProcessIdentity process) =>
        Math.Max(0, Math.Round((BootClock.NowNs() / 1e9) - (process.StartTicks / TicksPerSecond), 3));
}
