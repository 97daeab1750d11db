using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>fanotify_init(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fanotify_init(uint flags, uint fileFlags);

        /// <summary>fanotify_mark(2).</summary>
        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int fanotify_mark(SafeFileHandle group, uint flags, ulong mask, int folder, string path);
    }
}
