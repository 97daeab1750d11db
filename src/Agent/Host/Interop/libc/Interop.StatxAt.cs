using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>statx(2) of a descriptor (AT_EMPTY_PATH and an empty name).</summary>
        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
        internal static partial int statx(SafeFileHandle file, byte* name, int flags, uint mask, FileFacts* buffer);
    }
}
