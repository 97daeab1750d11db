using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Wire;

namespace Sallyport.Agent.Runner;

/// <summary>Facts about a runner that its processes show.</summary>
internal static class RunnerFacts
{
    /// <summary>USER_HZ, the unit of /proc/PID/stat: 100 on every architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private const string Hosted = "RUNNER_ENVIRONMENT=github-hosted";

    /// <summary>One of GitHub's own machines, which live for one job: said by the environment of the worker's children.</summary>
    internal static bool IsHosted(RunnerWorker worker) => ProcessTree.Below(worker.Process.Pid)
        .Any(pid => Encoding.UTF8.GetString(ProcBytes.TryRead($"/proc/{pid}/environ", WireLimits.EnvironmentBytes))
            .Split('\0').Contains(Hosted, StringComparer.Ordinal));

    /// <summary>How long ago a process began.</summary>
    internal static double SecondsSince(ProcessIdentity process) =>
        Math.Max(0, Math.Round((BootClock.NowNs() / 1e9) - (process.StartTicks / TicksPerSecond), 3));
}
