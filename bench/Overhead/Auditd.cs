using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sallyport.Bench.Overhead;

/// <summary>
/// auditd as a yardstick, with the rules that an agent built on it needs: programs started, connections, files opened
/// for writing. The rules match one login uid, which only the measured driver has, and stand only while it runs.
/// </summary>
internal sealed partial class Auditd : IDisposable
{
    /// <summary>Key of the rules; bench/run removes what a killed benchmark left by it.</summary>
    private const string Key = "sallyport-bench";
    private const string Control = "/usr/sbin/auditctl";
    private const string Daemon = "/usr/sbin/auditd";

    private static readonly string LoginUser = 424242.ToString(CultureInfo.InvariantCulture);

    private static readonly ImmutableArray<ImmutableArray<string>> Rules =
    [
        ["-S", "execve,execveat"],
        ["-S", "connect,bind,accept4"],
        ["-S", "openat", "-F", "a2&03"],
        ["-S", "unlinkat,renameat2"],
    ];

    private readonly bool wasEnabled;
    private readonly ChildProcess? daemon;

    private Auditd(string folder)
    {
        string status = ChildProcess.Run(Control, "-s");
        this.wasEnabled = !status.Contains("enabled 0", StringComparison.Ordinal);
        if (NoDaemon().IsMatch(status))
        {
            this.daemon = ChildProcess.Start(Daemon, "-n", "-c", folder);
        }

        ChildProcess.Run(Control, "-e", "1");
        foreach (ImmutableArray<string> rule in Rules)
        {
            ChildProcess.Run(
                Control, ["-a", "always,exit", "-F", "arch=b64", .. rule, "-F", "auid=" + LoginUser, "-k", Key]);
        }
    }

    /// <summary>The column, or why there is none on this machine.</summary>
    internal static Variant? Find(BenchOptions options, out string whyNot)
    {
        whyNot = "";
        if (!File.Exists(Control) || !File.Exists(Daemon))
        {
            whyNot = "auditd is not installed (Debian: auditd)";
            return null;
        }

        string folder = Path.Combine(options.Work, "audit");
        try
        {
            WriteConfiguration(folder);
            new Auditd(folder).Dispose();
        }
        catch (InvalidOperationException e)
        {
            whyNot = "auditd does not run here: " + e.Message.ReplaceLineEndings(" ");
            return null;
        }

        return new Variant(
            "auditd",
            ["/bin/sh", "-c", $"echo {LoginUser} > /proc/self/loginuid && exec \"$@\"", "bench"],
            EveryRound: true,
            () => new Auditd(folder));
    }

    public void Dispose()
    {
        ChildProcess.Run(Control, "-D", "-k", Key);
        if (!this.wasEnabled)
        {
            ChildProcess.Run(Control, "-e", "0");
        }

        // Killed, it would stay in the kernel's books until the next event.
        this.daemon?.Terminate();
        this.daemon?.Dispose();
    }

    private static void WriteConfiguration(string folder)
    {
        const UnixFileMode ForRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, ForRoot);
        Directory.CreateDirectory(Path.Combine(folder, "plugins"), ForRoot);
        File.WriteAllText(Path.Combine(folder, "auditd.conf"), $"""
            local_events = yes
            write_logs = yes
            log_file = {folder}/audit.log
            log_format = RAW
            log_group = root
            flush = INCREMENTAL_ASYNC
            freq = 50
            max_log_file = 50
            num_logs = 2
            max_log_file_action = ROTATE
            space_left = 75
            space_left_action = IGNORE
            admin_space_left = 50
            admin_space_left_action = IGNORE
            disk_full_action = IGNORE
            disk_error_action = IGNORE
            name_format = NONE
            plugin_dir = {folder}/plugins

            """);
    }

    [GeneratedRegex("^pid 0$", RegexOptions.Multiline)]
    private static partial Regex NoDaemon();
}
