using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>
/// Whether a name that a file has from now on is that of a new file, or one more name: the kernel tells both in one way. A hard link is known
/// by the file, which had a name before, as we were told or as its age says. One to a file that was made within
/// <see cref="Fresh"/> in a place that is not watched is told as created. Bounded by <see cref="MostKnown"/>; the oldest are forgotten.
/// </summary>
internal sealed class NewNames(WorkTreeFinder finder)
{
    private const int MostKnown = 32_768;
    private const int MostTarget = 256;

    /// <summary>overlayfs. Not the attribute of a user's, which anybody may give to a file.</summary>
    private const string Origin = "trusted.overlay.origin";

    /// <summary>So long ago the file of a creation that we read of may have been made.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2); // times of birth are read in whole seconds

    private readonly HashSet<FileKey> known = [];
    private readonly Queue<FileKey> order = new();

    /// <summary><c>created</c> or <c>linked</c>; and what a symbolic link holds, null for all else.</summary>
    internal (string Change, string? Target) Of(in FileNotice notice)
    {
        if (notice.ObjectKey.IsNone)
        {
            return ("created", null);
        }

        if (!Remember(notice.ObjectKey))
        {
            return ("linked", null);
        }

        using var file = finder.TryFind(in notice);
        if (file is null || !FileFacts.TryRead(file, out var facts))
        {
            return ("created", null); // gone already
        }

        if (FileStatus.Of(in facts).IsLink)
        {
            return ("linked", BoundedText.Of(Encoding.UTF8.GetString(PathHandle.TargetOf(file)), MostTarget));
        }

        var isOlder = facts.Names > 1 && (facts.Born is not { } born || born + Fresh < TimeProvider.System.GetUtcNow());
        return (isOlder ? "linked" : "created", null);
    }

    /// <summary>
    /// A container has it from its image, and the kernel makes the copy that is the container's own when its mode, times or name are changed
    /// (overlayfs): nobody wrote it, as a rule. Who writes it over makes such a copy too, and is not told apart.
    /// </summary>
    internal unsafe bool IsOfImage(in FileNotice notice)
    {
        using var file = finder.TryFind(in notice);
        return file is not null && Interop.Libc.getxattr($"/proc/self/fd/{(int)file.DangerousGetHandle()}", Origin, null, 0) >= 0;
    }

    private bool Remember(FileKey key)
    {
        if (!known.Add(key))
        {
            return false;
        }

        order.Enqueue(key);
        if (order.Count > MostKnown)
        {
            _ = known.Remove(order.Dequeue());
        }

        return true;
    }
}
