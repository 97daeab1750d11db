using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Container hooks of a runner (RUNNER.md section 8): a script of the machine's owner that the worker calls in the place of Docker. What it starts
/// for a job with <c>container:</c>, for services and container actions runs in another pod, where no agent of this machine sees it.
/// </summary>
/// <param name="Script">Of <c>ACTIONS_RUNNER_CONTAINER_HOOKS</c>.</param>
/// <param name="AreForEveryJob"><c>ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER</c>: no job runs its steps on this machine.</param>
internal sealed record ContainerHooks(string Script, bool AreForEveryJob)
{
    private const string Variable = "ACTIONS_RUNNER_CONTAINER_HOOKS=";
    private const string ForEveryJob = "ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER=";

    /// <summary>Bound on an environment that is read, bytes.</summary>
    private const int MostEnvironment = 1 << 20;

    /// <summary>As it is said of the job.</summary>
    internal string Said => AreForEveryJob
        ? $"steps of this job run where nobody watches them: this runner has container hooks ({Script}) for every job"
        : $"steps in a `container:`, services and container actions of this job run where nobody watches them: this runner has container hooks ({Script})";

    /// <summary>By the environment that a worker was started with; null when its runner has none.</summary>
    internal static ContainerHooks? Of(RunnerWorker worker) => Of(ProcBytes.TryRead($"/proc/{worker.Process.Pid}/environ", MostEnvironment));

    /// <param name="environment">As in /proc/PID/environ.</param>
    internal static ContainerHooks? Of(byte[] environment)
    {
        var entries = Encoding.UTF8.GetString(environment).Split('\0');
        return ValueOf(entries, Variable) is { Length: > 0 } script
            ? new ContainerHooks(script, ValueOf(entries, ForEveryJob) is { } said && IsTrue(said))
            : null;
    }

    /// <summary>The words that the runner takes for true (StringUtil.ConvertToBoolean).</summary>
    private static bool IsTrue(string word) => word.Trim().ToUpperInvariant() is "1" or "TRUE" or "$TRUE";

    private static string? ValueOf(string[] entries, string name) =>
        Array.Find(entries, entry => entry.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
