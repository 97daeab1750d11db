using System.Diagnostics;
using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// Sudo of the job's user, for every command that it is allowed for. It is taken by one more rule behind all others, for in sudoers(5) the last that
/// matches decides; nothing of the machine's own files is touched. sudo itself is asked whether it holds.
/// </summary>
internal static class SudoRights
{
    internal const string Sudo = "/usr/bin/sudo";
    private const string Folder = "/etc/sudoers.d";
    private const string Denial = "(ALL:ALL) !ALL";
    private const string Listed = "(ALL:ALL)!ALL"; // sudo shows it with more spaces
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Takes it; gives what stays open, as a sentence, or null.</summary>
    /// <exception cref="CommandFailure">It could not be taken, and is still there.</exception>
    internal static string? Take(UserAccount user, MachineChanges changes, string jobId)
    {
        if (user.User == 0)
        {
            return "The job runs as root: there is no sudo that could be taken from it.";
        }

        // A rule for one command (apt-get, tee, env) is root as well. A rule of another job is listed too: what it took is there again when that job ends.
        if (!File.Exists(Sudo) || RulesOf(user) == SudoRules.None)
        {
            return null;
        }

        // A name without a dot or tilde at its end, or sudo reads over the file.
        changes.Create(
            FileOf(jobId),
            string.Create(CultureInfo.InvariantCulture, $"# For the time of job {jobId}; 'sallyport cleanup' removes what is left.\n#{user.User} ALL={Denial}\n"),
            UnixFileMode.UserRead | UnixFileMode.GroupRead);
        return RulesOf(user) != SudoRules.Taken
            ? throw new CommandFailure(
                ExitCode.CannotEnforce, $"sudo of {user.Name} cannot be taken: {Folder} is not read last on this machine")
            : null;
    }

    /// <summary>What sudoers(5) gives a user, as sudo itself lists it.</summary>
    internal static SudoRules RulesOf(UserAccount user) => RulesIn(Ask(user).Output);

    /// <summary>By a listing of <c>sudo -l</c> (sudo(8)): each rule begins a line, as in <c>    (root) NOPASSWD: /usr/bin/env</c>, the one that decides last.</summary>
    internal static SudoRules RulesIn(string listing)
    {
        var rules = SudoRules.None;
        foreach (var line in listing.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('('))
            {
                rules = line.Replace(" ", string.Empty, StringComparison.Ordinal) == Listed ? SudoRules.Taken : SudoRules.Some;
            }
        }

        return rules;
    }

    /// <summary>A file that sudo reads after all others.</summary>
    internal static string FileOf(string jobId) => Path.Combine(Folder, $"zzz-sallyport-{jobId}");

    /// <summary>Whether the user may run the command; asked of root it is no matter of passwords.</summary>
    internal static bool MayRun(UserAccount user, params string[] command) => Ask(user, command).ExitCode == 0;

    /// <summary><c>sudo -l -U USER [COMMAND]</c> lists all rules, or ends with 0 when the user may run the command (sudo(8)).</summary>
    private static (int ExitCode, string Output) Ask(UserAccount user, params string[] command)
    {
        var start = new ProcessStartInfo(Sudo) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-n", "-l", "-U", user.Name, .. command])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LANG"] = "C";
        using var process = Process.Start(start) ?? throw new CommandFailure(ExitCode.SallyportFailed, $"{Sudo} cannot be started");
        var output = process.StandardOutput.ReadToEndAsync();
        if (process.WaitForExit(Patience))
        {
            return (process.ExitCode, output.GetAwaiter().GetResult());
        }

        process.Kill();
        throw new CommandFailure(ExitCode.SallyportFailed, $"{Sudo} did not answer within {Patience.TotalSeconds} s");
    }
}
