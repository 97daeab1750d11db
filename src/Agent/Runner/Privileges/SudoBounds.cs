using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// <c>sudo: bounded</c>. The job's user keeps sudo, by a service of PAM of its own: a session module (native/pam_bounded.c) drops
/// capabilities from the bounding set of what sudo starts, and filters signals to the agent. What it says is tried with sudo itself
/// before the job goes on; that nobody has more is the kernel side's to see (bpf/include/privilege.h).
/// </summary>
internal static class SudoBounds
{
    private const string ImageName = "pam_bounded.so";
    private const string Services = "/etc/pam.d";
    private const string OwnLine = "session required " + AgentFolders.Bounds + "/";

    /// <summary>Shows what a command of sudo's has (proc(5)).</summary>
    private static readonly string[] Tried = ["/bin/cat", "/proc/self/status"];

    /// <summary>SP_CAPABILITIES_BOUNDED of bpf/include/capabilities.h; a test compares the two.</summary>
    internal const ulong Capabilities = 1UL << 2 | 1UL << 5 | 1UL << 12 | 1UL << 13 | 1UL << 16 | 1UL << 17 | 1UL << 19 | 1UL << 21
        | 1UL << 22 | 1UL << 38 | 1UL << 39 | 1UL << 40;

    /// <summary>Puts the bounds in force; gives what stays open, as a sentence, or null.</summary>
    /// <param name="user">Of the job.</param>
    /// <param name="changes">Takes what is to be undone.</param>
    /// <param name="jobId">Of the job.</param>
    /// <param name="agents">Processes that are not to be signalled, eight at most.</param>
    /// <exception cref="CommandFailure">They are not in force.</exception>
    internal static string? Take(UserAccount user, MachineChanges changes, string jobId, ImmutableArray<int> agents)
    {
        if (user.User == 0)
        {
            return "The job runs as root, without sudo: what it may do has no bounds.";
        }

        var rules = File.Exists(SudoRights.Sudo) ? SudoRights.RulesOf(user) : SudoRules.None;
        if (rules == SudoRules.None)
        {
            return null;
        }

        var service = $"sallyport-{jobId.ToLowerInvariant()}"; // PAM knows services by lower-case names
        var module = Path.Combine(AgentFolders.Bounds, jobId + ".so");
        RootFolder.Ensure(Path.GetDirectoryName(AgentFolders.Bounds)!);
        RootFolder.Ensure(AgentFolders.Bounds);
        var own = string.Join(' ', agents.Select(pid => pid.ToString(CultureInfo.InvariantCulture)));
        changes.Create(module, Image(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        changes.Create(
            Path.Combine(Services, service),
            $"""
            # For the time of job {jobId}; 'sallyport cleanup' removes what is left.
            auth include sudo
            account include sudo
            {string.Join('\n', AgentsOfOthers(changes).Prepend(own).Select(pids => $"{OwnLine}{jobId}.so {pids}"))}
            session include sudo

            """,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        changes.Create(
            SudoRights.FileOf(jobId),
            string.Create(
                CultureInfo.InvariantCulture,
                $"# For the time of job {jobId}; 'sallyport cleanup' removes what is left.\n"
                + $"Defaults:#{user.User} pam_service={service}, pam_login_service={service}, pam_session, pam_setcred\n"),
            UnixFileMode.UserRead | UnixFileMode.GroupRead);

        // While another job has taken sudo from the same user there is nothing to try; what has more later is the kernel side's to end.
        if (rules == SudoRules.Taken)
        {
            return null;
        }

        if (!SudoRights.MayRun(user, Tried))
        {
            return $"What bounds of sudo leave to {user.Name} could not be tried, as it may not run {string.Join(' ', Tried)} by it; what has more is killed.";
        }

        return Left(user) switch
        {
            null => throw Failure(user, "it runs nothing with them"),
            { } left when (left & Capabilities) != 0 => throw Failure(user, $"it leaves {left & Capabilities:x}"),
            _ => null,
        };
    }

    /// <summary>
    /// Of several jobs' files for one user the last one holds for all of them: it names the agents of those before it too, a list for each as
    /// their own first line has it.
    /// </summary>
    private static IEnumerable<string> AgentsOfOthers(MachineChanges changes) => changes.MadeByOthers(Path.Combine(Services, "sallyport-"))
        .Select(service => (ProcText.TryRead(service) ?? string.Empty).Split('\n').FirstOrDefault(line => line.StartsWith(OwnLine, StringComparison.Ordinal)))
        .OfType<string>().Select(line => line[(line.IndexOf(".so ", StringComparison.Ordinal) + 4)..]);

    private static CommandFailure Failure(UserAccount user, string why) => new(
        ExitCode.CannotEnforce, $"sudo of {user.Name} cannot be bounded on this machine: {why} (sudo without PAM, or another file is read later)");

    private static byte[] Image()
    {
        using var image = typeof(SudoBounds).Assembly.GetManifestResourceStream(ImageName)
            ?? throw new CommandFailure(ExitCode.SallyportFailed, "this build has no module for sudo; build it with eng/build");
        var bytes = new byte[image.Length];
        image.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>
    /// Capabilities that a command of the user's has by sudo, tried by one (proc(5), CapBnd and CapPrm); null when it does not run.
    /// </summary>
    private static ulong? Left(UserAccount user)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[
            string.Create(CultureInfo.InvariantCulture, $"--reuid={user.User}"), string.Create(CultureInfo.InvariantCulture, $"--regid={user.Group}"),
            "--init-groups", "--", SudoRights.Sudo, "-n", .. Tried])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.WorkingDirectory = "/";
        using var process = Process.Start(start) ?? throw new CommandFailure(ExitCode.SallyportFailed, "/usr/bin/setpriv cannot be started");
        var text = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(SudoRights.Patience))
        {
            process.Kill();
            return null;
        }

        ulong? left = null;
        foreach (var line in text.GetAwaiter().GetResult().Split('\n'))
        {
            if ((line.StartsWith("CapBnd:", StringComparison.Ordinal) || line.StartsWith("CapPrm:", StringComparison.Ordinal))
                && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var set))
            {
                left = (left ?? 0) | set;
            }
        }

        return process.ExitCode == 0 ? left : null;
    }
}
