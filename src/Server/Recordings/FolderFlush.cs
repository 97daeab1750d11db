using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sallyport.Server.Recordings;

/// <summary>Names in a folder on the disk: a file that was renamed is there after a loss of power only when its folder was flushed, fsync(2).</summary>
internal static partial class FolderFlush
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    public static void Flush(string folder)
    {
        var descriptor = open(folder, ReadOnly | CloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"{folder} cannot be opened", new Win32Exception(Marshal.GetLastPInvokeError()));
        }

        var result = fsync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        if (result != 0)
        {
            throw new IOException($"{folder} cannot be flushed", new Win32Exception(error));
        }
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
