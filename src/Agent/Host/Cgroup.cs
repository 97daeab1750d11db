using System.Globalization;

namespace Sallyport.Agent.Host;

/// <summary>One cgroup v2 that Sallyport made. Killing reaches every process below it, also daemonised ones.</summary>
internal sealed class Cgroup(string folder)
{
    /// <summary>Bound on the walk down: folders looked at.</summary>
    private const int MaximumFolders = 4096;

    internal string Folder { get; } = folder;

    internal static Cgroup Create(string folder)
    {
        Directory.CreateDirectory(folder);
        return new Cgroup(folder);
    }

    internal void Adopt(int pid) =>
        File.WriteAllText(Path.Combine(Folder, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Every process in this cgroup and below it.</summary>
    internal List<int> Processes()
    {
        var found = new List<int>();
        foreach (var folder in Folders())
        {
            foreach (var line in (ProcText.TryRead(Path.Combine(folder, "cgroup.procs")) ?? string.Empty).Split('\n'))
            {
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var pid) && pid > 0)
                {
                    found.Add(pid);
                }
            }
        }

        return found;
    }

    /// <summary>
    /// Kills all of it. cgroup.kill (Linux 5.14) leaves no way out; before it, rounds of SIGKILL until nobody is
    /// left, because a process may fork between the look and the kill.
    /// </summary>
    internal void Kill()
    {
        var atOnce = Path.Combine(Folder, "cgroup.kill");
        if (File.Exists(atOnce))
        {
            File.WriteAllText(atOnce, "1");
            return;
        }

        for (var round = 0; round < 64 && Processes() is { Count: > 0 } left; round++)
        {
            foreach (var pid in left)
            {
                _ = Interop.Libc.kill(pid, Native.SIGKILL);
            }
        }
    }

    /// <summary>Removes the folder and those below it; false when somebody is still in it.</summary>
    internal bool TryRemove()
    {
        foreach (var folder in Folders().AsEnumerable().Reverse())
        {
            try
            {
                // A cgroup's files go with it: the folder is removed as if it were empty.
                Directory.Delete(folder, recursive: false);
            }
            catch (DirectoryNotFoundException)
            {
                continue;
            }
            catch (IOException)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>This folder and those below it; bounded.</summary>
    internal List<string> Folders()
    {
        var found = new List<string> { Folder };
        for (var i = 0; i < found.Count && found.Count < MaximumFolders; i++)
        {
            if (Directory.Exists(found[i]))
            {
                found.AddRange(Directory.EnumerateDirectories(found[i]));
            }
        }

        return found;
    }
}
