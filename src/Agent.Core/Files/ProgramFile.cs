namespace Sallyport.Agent.Core.Files;

/// <summary>Which file a process runs besides its executable: the script that an interpreter was given.</summary>
public static class ProgramFile
{
    private const int MostArguments = 32;

    private static readonly string[] Shells = ["sh", "bash", "dash", "ash", "ksh", "zsh", Busybox];
    private const string Busybox = "busybox";

    /// <summary>The other shell that steps have; it is given <c>-command ". '/path'"</c>.</summary>
    private const string PowerShell = "pwsh";

    /// <summary>The loader of programs runs the one that it is given, as an interpreter does (ld.so(8)).</summary>
    private static readonly string[] Others = ["python", "perl", "ruby", "node", "php", "lua", "ld-linux", "ld-musl", "ld.so"];

    /// <summary>Options whose next argument is theirs.</summary>
    private static readonly string[] WithValue =
        ["-W", "-X", "-I", "-r", "--require", "--import", "--loader", "--library-path", "--preload", "--audit", "--argv0"];

    /// <summary>Folders of the system's own programs, which no job has put there.</summary>
    private static readonly string[] SystemFolders =
        ["/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/", "/usr/share/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/proc/", "/sys/"];

    /// <summary>Whether a path belongs to the system.</summary>
    public static bool IsOfSystem(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Array.Exists(SystemFolders, folder => path.StartsWith(folder, StringComparison.Ordinal));
    }

    /// <summary>Whether a program is a shell, by its name.</summary>
    public static bool IsShell(string exe)
    {
        ArgumentNullException.ThrowIfNull(exe);
        var name = exe[(exe.LastIndexOf('/') + 1)..];
        return name == PowerShell || Array.IndexOf(Shells, name) >= 0;
    }

    /// <summary>Whether a program is what a container runtime begins with in a container, before the image's own: <c>runc init</c>.</summary>
    public static bool IsRuntimesOwn(IReadOnlyList<string> argv) => argv is [var called, "init", ..] && Named(called) is "runc" or "crun";

    /// <summary>
    /// Absolute path of the script; null when the program is no interpreter that we know, has its text in an argument or from its
    /// input. A file that starts with <c>#!</c> is told as its interpreter with the file as an argument (execve(2)).
    /// </summary>
    /// <param name="exe">Path of the executable.</param>
    /// <param name="argv">Its arguments, the first is its name.</param>
    /// <param name="workingDirectory">At the time of exec.</param>
    public static string? ScriptOf(string exe, IReadOnlyList<string> argv, string workingDirectory)
    {
        ArgumentNullException.ThrowIfNull(exe);
        ArgumentNullException.ThrowIfNull(argv);
        var name = exe[(exe.LastIndexOf('/') + 1)..];
        if (name == PowerShell)
        {
            return argv is [_, "-command", ['.', ' ', '\'', .. var path, '\'']] ? Absolute(path, workingDirectory) : null;
        }

        var isShell = Array.IndexOf(Shells, name) >= 0;
        if (!isShell && !Array.Exists(Others, other => name.StartsWith(other, StringComparison.Ordinal)))
        {
            return null;
        }

        var first = 1;
        if (name == Busybox)
        {
            // What it is stands in its name, or in the next word: `cat /tmp/x` runs nothing.
            first = argv is [var called, ..] && Named(called) == Busybox ? 2 : 1;
            if (argv.Count < first || Array.IndexOf(Shells, Named(argv[first - 1])) < 0)
            {
                return null;
            }
        }

        for (var i = first; i < argv.Count && i < MostArguments; i++)
        {
            var argument = argv[i];
            if (argument is not ['-' or '+', _, ..])
            {
                return Absolute(argument, workingDirectory);
            }

            var isText = isShell ? argument[0] == '-' && argument[1] != '-' && argument.Contains('c') : argument is "-c" or "-m" or "-e";
            if (isText)
            {
                return null;
            }

            i += (isShell ? argument[1] != '-' && argument[^1] == 'o' : Array.IndexOf(WithValue, argument) >= 0) ? 1 : 0;
        }

        return null;
    }

    /// <summary>The last part of a name by which a program was called; a login shell has a dash before it.</summary>
    private static string Named(string called) => called[(called.LastIndexOf('/') + 1)..].TrimStart('-');

    private static string? Absolute(string argument, string? workingDirectory) =>
        argument.Contains('\0') || argument.Length == 0 ? null
        : argument[0] == '/' ? Path.GetFullPath(argument)
        : workingDirectory is ['/', ..] ? Path.GetFullPath(argument, workingDirectory)
        : null;
}
