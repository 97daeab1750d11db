using System.Text;

namespace Sallyport.Agent.Core.Tests.GitHub;

/// <summary>What a genuine runner 2.336.0 wrote (trimmed) and the environments that it gave to steps.</summary>
internal static class RunnerSamples
{
    /// <summary>Pids of the worker's children in Worker_ci.log, and the step's context name; null where none was set.</summary>
    public static IReadOnlyList<(int Pid, string? Action, string Step)> Started { get; } =
    [
        (18310, null, "runner:set-up-job"), (18316, null, "runner:set-up-job"),
        (18318, "__step-security_harden-runner", "pre:__step-security_harden-runner"),
        (18326, "__step-security_harden-runner", "__step-security_harden-runner"),
        (18334, "__actions_checkout", "__actions_checkout"), (18344, "__run", "__run"), (18370, "__run_2", "__run_2"),
        (18396, "with_id", "with_id"), (18422, "__run_3", "__run_3"), (18448, "__run_4", "__run_4"),
        (18474, "__run_5", "__run_5"), (18540, "__run_6", "__run_6"), (18566, "__run_7", "__run_7"),
        (18593, "compid", "compid"), (18619, "compid", "compid"), (18645, "compid", "compid"), (18654, "compid", "compid"),
        (18680, "__self", "__self"), (18688, "__self_2", "__self_2"), (18696, "__run_8", "__run_8"),
        (18781, "__run_9", "__run_9"), (18783, "__run_10", "__run_10"), (18788, "__run_11", "__run_11"),
        (18789, "__run_13", "__run_13"), (18815, "__run_14", "__run_14"), (18816, "__run_16", "__run_16"),
        (18842, "__self_2", "post:__self_2"), (18850, "__self", "post:__self"), (18858, "compid", "post:compid"),
        (18867, "__actions_checkout", "post:__actions_checkout"),
        (18874, "__step-security_harden-runner", "post:__step-security_harden-runner"),
    ];

    public static byte[] Log(string name = "Worker_ci.log")
    {
        using var stream = typeof(RunnerSamples).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"no sample {name}");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>An environment as the kernel has it.</summary>
    public static byte[] Environment(string name) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Log($"env-{name}.txt")).Replace('\n', '\0'));

    public static byte[] Block(string? action) => Encoding.UTF8.GetBytes(
        action is null ? "PATH=/bin\0HOME=/root\0" : $"CI=true\0GITHUB_ACTION={action}\0GITHUB_JOB=build\0");
}
