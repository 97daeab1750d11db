namespace Sallyport.Agent.Core.Files;

/// <summary>
/// Where the files of a container are on the machine: what a process in it calls <c>/tmp/x</c> may be <c>…/overlay2/…/diff/tmp/x</c>, a folder
/// that it was given has another path there. By the mounts of both. Bounded by <see cref="MostMounts"/>.
/// </summary>
public sealed class ContainerPaths
{
    private const int MostMounts = 512;

    // Longest first.
    private readonly List<(string Inner, string? Outer)> mounts;

    private ContainerPaths(List<(string Inner, string? Outer)> mounts) => this.mounts = mounts;

    /// <summary>Its root is the machine's: it has not come into its container yet, or is in none.</summary>
    public bool IsOfMachine => mounts[^1] is ("", "");

    /// <summary>Reads both tables; null when the container's has no root.</summary>
    /// <param name="inner">/proc/PID/mountinfo of a process in the container.</param>
    /// <param name="outer">The same of the agent.</param>
    public static ContainerPaths? TryRead(string inner, string outer)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(outer);
        var machine = Lines(outer);
        var mounts = new List<(string Inner, string? Outer)>();
        foreach (var line in Lines(inner).AsEnumerable().Reverse()) // of two at one place the later one is seen
        {
            var at = Folder(line.Path);
            if (!mounts.Exists(mount => mount.Inner == at))
            {
                mounts.Add((at, OuterOf(line, machine)));
            }
        }

        mounts.Sort((one, other) => other.Inner.Length.CompareTo(one.Inner.Length));
        return mounts is [.., ("", _)] ? new ContainerPaths(mounts) : null;
    }

    /// <summary>The machine's path of a file of the container; null when it has none (a file system of the container's own).</summary>
    /// <param name="path">Absolute, as a process in it says.</param>
    public string? ToMachine(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var (inner, outer) = mounts.Find(mount => FolderPath.IsSameOrBelow(path, mount.Inner));
        return inner is null || outer is null ? null : outer + path[inner.Length..];
    }

    /// <summary>What the container calls a file of the machine; null when it is not to be seen there.</summary>
    /// <param name="path">Absolute, as the agent says.</param>
    public string? ToContainer(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        (string Inner, string Outer)? found = null;
        foreach (var (inner, outer) in mounts)
        {
            if (outer is not null && (found is null || outer.Length > found.Value.Outer.Length) && FolderPath.IsSameOrBelow(path, outer))
            {
                found = (inner, outer);
            }
        }

        return found is { } mount ? mount.Inner + path[mount.Outer.Length..] : null;
    }

    private static List<MountLine> Lines(string text) =>
        [.. text.Split('\n').Take(MostMounts).Select(MountLine.TryRead).OfType<MountLine>()];

    private static string? OuterOf(MountLine line, List<MountLine> machine)
    {
        if (line is { Path: "/", Upper: { } upper } && !machine.Exists(other => other.Path == "/" && other.Device == line.Device))
        {
            return Folder(upper + Folder(line.Root));
        }

        // The same file system is mounted here as well, with this folder or one above it.
        var same = machine.FindAll(other => other.Device == line.Device && FolderPath.IsSameOrBelow(line.Root, Folder(other.Root)));
        return same.Count == 0 ? null : same.Select(other => Folder(other.Path) + line.Root[Folder(other.Root).Length..]).Select(Folder).MinBy(path => path.Length);
    }

    private static string Folder(string path) => path.TrimEnd('/');
}
