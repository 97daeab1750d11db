using System.Diagnostics;
using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// Passwordless sudo of the job's user. It is taken by one more rule behind all others, for in sudoers(5) the last that
/// matches decides; nothing of the machine's own files is touched. sudo itself is asked whether it holds.
/// </summary>
internal static class SudoRights
{
    internal const string Sudo = "/usr/bin/sudo";
    private const string Folder = "/etc/sudoers.d";
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Takes it; gives what stays open, as a sentence, or null.</summary>
    /// <exception cref="CommandFailure">It could not be taken, and is still there.</exception>
    internal static string? Take(UserAccount user, MachineChanges changes, string jobId)
    {
        if (user.User == 0)
        {
            return "The job runs as root: there is no sudo that could be taken from it.";
        }

        // Gone by another job's rule alone it is there again when that job ends.
        if (!File.Exists(Sudo) || (!MayDoAnything(user) && !changes.MadeByOthers(FileOf(string.Empty)).Any()))
        {
            return null;
        }

        // A name without a dot or tilde at its end, or sudo reads over the file.
        changes.Create(
            FileOf(jobId),
            string.Create(CultureInfo.InvariantCulture, $"# For the time of job {jobId}; 'sallyport cleanup' removes what is left.\n#{user.User} ALL=(ALL:ALL) !ALL\n"),
            UnixFileMode.UserRead | UnixFileMode.GroupRead);
        return MayDoAnything(user)
            ? throw new CommandFailure(
                ExitCode.CannotEnforce, $"sudo of {user.Name} cannot be taken: {Folder} is not read last on this machine")
            : null;
    }

    /// <summary>A file that sudo reads after all others.</summary>
    internal static string FileOf(string jobId) => Path.Combine(Folder, $"zzz-sallyport-{jobId}");

    /// <summary><c>sudo -l -U USER COMMAND</c> ends with 0 when the user may run the command (sudo(8)).</summary>
    internal static bool MayDoAnything(UserAccount user)
    {
        var start = new ProcessStartInfo(Sudo) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-n", "-l", "-U", user.Name, "/bin/true"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LANG"] = "C";
        using var process = Process.Start(start) ?? throw new CommandFailure(ExitCode.SallyportFailed, $"{Sudo} cannot be started");
        if (process.WaitForExit(Patience))
        {
            return process.ExitCode == 0;
        }

        process.Kill();
        throw new CommandFailure(ExitCode.SallyportFailed, $"{Sudo} did not answer within {Patience.TotalSeconds} s");
    }
}
