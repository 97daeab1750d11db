using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>openat(2); the name ends with a NUL.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int openat(SafeFileHandle folder, byte* name, int flags, uint mode);
    }
}
