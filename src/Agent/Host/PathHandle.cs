using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>Files opened with O_PATH (open(2)): a place in the file system, without a right to its content.</summary>
internal static unsafe class PathHandle
{
    private const int PathOnly = 0x20_0000;
    private const int LongestName = 255;
    private const int LongestLink = 4096;
    private const ulong ProcMagic = 0x9fa0;

    // O_NOFOLLOW is the one flag here that differs: 0x8000 on aarch64, 0x20000 on x86_64.
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x2_0000;

    /// <summary>What stands at a path.</summary>
    /// <param name="path">Links on the way to its end are followed.</param>
    /// <param name="follow">Also a link at its end; false opens the link itself.</param>
    internal static SafeFileHandle? TryOpen(string path, bool follow = true)
    {
        var descriptor = Interop.Libc.open(path, PathOnly | Native.O_CLOEXEC | (follow ? 0 : NoFollow), 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>
    /// Where a path leads when every link is followed, as the kernel follows them (<c>..</c> goes up from where a link led), without a slash
    /// at its end. Of what does not exist, as far as it does: the rest is as it is written. What is no path because of a zero in it is too.
    /// </summary>
    /// <param name="path">Absolute, or from the present folder.</param>
    internal static string RealPath(string path)
    {
        if (path.Contains('\0'))
        {
            return path;
        }

        path = Path.IsPathRooted(path) ? path : Path.GetFullPath(path);
        if (Followed(path) is { } whole)
        {
            return Trimmed(whole);
        }

        var (real, rest) = (string.Empty, 0);
        for (var end = path.IndexOf('/', 1); end > 0 && Followed(path[..end]) is { } reached; end = path.IndexOf('/', end + 1))
        {
            (real, rest) = (reached == "/" ? string.Empty : reached, end);
        }

        return Trimmed(Path.GetFullPath(real + path[rest..]));
    }

    private static string? Followed(string path)
    {
        using var file = TryOpen(path);
        return file is not null && ProcText.TryReadLink($"/proc/self/fd/{file.DangerousGetHandle()}") is ['/', ..] real ? real : null;
    }

    private static string Trimmed(string path) => path.Length > 1 ? path.TrimEnd('/') : path;

    /// <summary>One name in a folder. When the result is null, the reason is the last error of the platform call.</summary>
    internal static SafeFileHandle? TryOpenAt(SafeFileHandle folder, ReadOnlySpan<byte> name, bool follow)
    {
        if (name.Length > LongestName)
        {
            Marshal.SetLastPInvokeError(Native.ENOENT);
            return null;
        }

        var text = stackalloc byte[LongestName + 1];
        name.CopyTo(new Span<byte>(text, LongestName));
        text[name.Length] = 0;
        var descriptor = Interop.Libc.openat(folder, text, PathOnly | Native.O_CLOEXEC | (follow ? 0 : NoFollow), 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Where a link that was opened without being followed leads to; empty when it cannot be read.</summary>
    internal static byte[] TargetOf(SafeFileHandle link)
    {
        var buffer = new byte[LongestLink];
        byte empty = 0;
        fixed (byte* start = buffer)
        {
            var length = Interop.Libc.readlinkat(link, &empty, start, LongestLink);
            return length <= 0 ? [] : buffer[..(int)length];
        }
    }

    /// <summary>Whether the file is of a proc file system (proc(5)), whose links lead where no text says.</summary>
    internal static bool IsOfProc(SafeFileHandle file)
    {
        var buffer = stackalloc byte[256];
        return Interop.Libc.fstatfs(file, buffer) == 0 && *(ulong*)buffer == ProcMagic;
    }
}
